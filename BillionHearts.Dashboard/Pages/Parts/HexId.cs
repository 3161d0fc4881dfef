using System.Globalization;

namespace BillionHearts.Dashboard.Pages.Parts;

/// <summary>Ids as they stand in an address.</summary>
internal static class HexId
{
    public static UInt128? Trace(string? text) =>
        text is { Length: 32 } && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? id : null;

    public static ulong? Span(string? text) =>
        text is { Length: 16 } && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? id : null;
}
