using System.Globalization;

namespace BillionHearts.Web.Texts;

/// <summary>Numbers as people read them.</summary>
internal static class Amounts
{
    private static readonly string[] s_units = ["bytes", "kB", "MB", "GB", "TB"];

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Of(long number, string one, string many) => $"{Count(number)} {(number is 1 ? one : many)}";

    public static string Photos(long number) => Of(number, "photo", "photos");

    /// <summary>In decimal units, as stores and phones count.</summary>
    public static string Size(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);

        while (value >= 999.5 && unit < s_units.Length - 1)
        {
            (value, unit) = (value / 1000, unit + 1);
        }

        return unit is 0
            ? Of(bytes, "byte", "bytes")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value, value < 10 ? 1 : 0):0.#} {s_units[unit]}");
    }

    public static string Percent(double share) => share is > 0 and < 0.01 ? "< 1 %" : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(share * 100):0} %");

    /// <param name="seconds">Rounded to what matters.</param>
    public static string Duration(double seconds) => seconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms"),
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
        < 90 * 60 => Of((long)Math.Round(seconds / 60), "minute", "minutes"),
        < 36 * 3600 => Of((long)Math.Round(seconds / 3600), "hour", "hours"),
        _ => Of((long)Math.Round(seconds / 86400), "day", "days"),
    };

    /// <summary>In UTC; a script shows it in the reader's zone.</summary>
    public static string Moment(DateTime at) => at.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
