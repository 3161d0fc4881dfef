using System.Globalization;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>A perceptual hash: 16 hex digits in messages, the same 64 bits as a signed number in PostgreSQL.</summary>
internal static class Phash
{
    public static bool TryParse(string text, out long bits)
    {
        var isHash = ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unsigned) && text.Length is 16;
        bits = unchecked((long)unsigned);
        return isHash;
    }
}
