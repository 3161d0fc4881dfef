using System.Globalization;

namespace BillionHearts.Web.Texts;

/// <summary>How pages write times, sizes and durations. Times are in UTC: a page does not know the reader's time zone.</summary>
internal static class Wording
{
    private static readonly CultureInfo s_culture = CultureInfo.InvariantCulture;

    public static string Day(DateTime at) => at.ToString("d MMMM yyyy", s_culture);

    public static string Moment(DateTime at) => at.ToString("d MMMM yyyy, HH:mm 'UTC'", s_culture);

    public static string Clock(DateTime at) => at.ToString("d MMM, HH:mm:ss", s_culture);

    public static string Number(double value) => value.ToString("0.##", s_culture);

    public static string Count(int count, string one, string many) => count is 1 ? $"1 {one}" : string.Create(s_culture, $"{count:N0} {many}");

    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} bytes",
        < 1_000_000 => string.Create(s_culture, $"{bytes / 1e3:0} KB"),
        < 1_000_000_000 => string.Create(s_culture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(s_culture, $"{bytes / 1e9:0.00} GB"),
    };

    public static string Duration(double seconds) => seconds switch
    {
        < 1 => string.Create(s_culture, $"{seconds * 1000:0} ms"),
        < 90 => string.Create(s_culture, $"{seconds:0.#} s"),
        < 5_400 => $"{Math.Round(seconds / 60)} min",
        < 172_800 => $"{Math.Round(seconds / 3600)} h",
        _ => $"{Math.Round(seconds / 86_400)} days",
    };

    /// <summary>As "in 3 days".</summary>
    public static string Until(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1.5 } => "in a minute",
        { TotalHours: < 1.5 } => $"in {time.TotalMinutes:0} minutes",
        { TotalDays: < 1.5 } => $"in {time.TotalHours:0} hours",
        _ => $"in {time.TotalDays:0} days",
    };

    /// <summary>As photographers write it: 1/250 s.</summary>
    public static string Exposure(double seconds) => seconds is > 0 and < 0.3 ? $"1/{Math.Round(1 / seconds)} s" : $"{Number(seconds)} s";

    /// <summary>As 12.2 megapixels.</summary>
    public static string Pixels(int width, int height) => string.Create(s_culture, $"{width} × {height} ({(double)width * height / 1e6:0.0} MP)");

    public static string Position(double latitude, double longitude) => string.Create(
        s_culture, $"{Math.Abs(latitude):0.0000}° {(latitude < 0 ? 'S' : 'N')}, {Math.Abs(longitude):0.0000}° {(longitude < 0 ? 'W' : 'E')}");
}
