using BillionHearts.Dashboard.Pages.Parts;

namespace BillionHearts.Dashboard.Pages.Metrics;

/// <summary>A unit as UCUM writes it (<c>s</c>, <c>By</c>, <c>{request}</c>), shown as people write it.</summary>
public sealed record ChartUnit(string Code, bool IsRate)
{
    private string Name => Code.Trim('{', '}') is "1" ? string.Empty : Code.Trim('{', '}');

    public string Label => Code switch
    {
        "s" or "ms" => "duration",
        "By" => IsRate ? "bytes per second" : "bytes",
        _ => IsRate ? Name.Length is 0 ? "per second" : $"{Name}/s" : Name,
    };

    public string Show(double value) => Code switch
    {
        "s" when !IsRate => ShowSeconds(value),
        "ms" when !IsRate => ShowSeconds(value / 1000),
        "By" => $"{Bytes(value)}{(IsRate ? "/s" : null)}",
        _ => $"{Format.Number(value)}{(IsRate ? "/s" : null)}",
    };

    private static string ShowSeconds(double seconds) => Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds / 2
        ? Format.Duration(TimeSpan.FromSeconds(seconds))
        : Format.Number(seconds) + " s";

    private static string Bytes(double value) => Math.Abs(value) switch
    {
        >= 1L << 30 => Format.Number(value / (1L << 30)) + " GiB",
        >= 1L << 20 => Format.Number(value / (1L << 20)) + " MiB",
        >= 1L << 10 => Format.Number(value / (1L << 10)) + " KiB",
        _ => Format.Number(value) + " B",
    };
}
