using System.Globalization;

namespace BillionHearts.Dashboard.Pages.Parts;

/// <summary>Numbers and times as people read them. The browser is on this machine, so this machine's time zone is its own.</summary>
internal static class Format
{
    private const int LongestLine = 400;

    public static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    public static string Moment(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture);

    public static string ShortTime(DateTimeOffset time) => time.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan duration) => duration switch
    {
        { Ticks: 0 } => "0",
        { TotalMilliseconds: < 1 } => Number(duration.TotalMicroseconds) + " µs",
        { TotalSeconds: < 1 } => Number(duration.TotalMilliseconds) + " ms",
        { TotalMinutes: < 1 } => Number(duration.TotalSeconds) + " s",
        { TotalHours: < 1 } => $"{duration.Minutes} min {duration.Seconds} s",
        _ => $"{(long)duration.TotalHours} h {duration.Minutes} min",
    };

    /// <summary>Three digits that matter.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e9 => (value / 1e9).ToString("0.##", CultureInfo.InvariantCulture) + " G",
        >= 1e6 => (value / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + " M",
        >= 1e4 => (value / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + " k",
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        >= 0.01 => value.ToString("0.##", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##E+0", CultureInfo.InvariantCulture),
    };

    public static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>The beginning of a text in one line: a row shows no more of it anyway.</summary>
    public static string Line(string text) => (text.Length <= LongestLine ? text : text[..LongestLine] + "…").ReplaceLineEndings(" ");

    public static string Percent(double fraction) => (fraction * 100).ToString("0.###", CultureInfo.InvariantCulture) + "%";

    public static string Coordinate(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
