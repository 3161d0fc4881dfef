using System.Text;

namespace BillionHearts.Dashboard.Telemetry;

/// <summary>A text to look for in UTF-8, whatever its case among ASCII letters, without making strings of what is searched.</summary>
internal sealed class TextNeedle(string text)
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(text);

    public string Text { get; } = text;

    public static TextNeedle? From(string? text) => string.IsNullOrWhiteSpace(text) ? null : new(text.Trim());

    public bool IsIn(string value) => value.Contains(Text, StringComparison.OrdinalIgnoreCase);

    public bool IsIn(ReadOnlySpan<byte> utf8)
    {
        var (lower, upper) = Cases(_utf8[0]);

        while (utf8.Length >= _utf8.Length)
        {
            var at = utf8[..(utf8.Length - _utf8.Length + 1)].IndexOfAny(lower, upper);

            if (at < 0)
            {
                return false;
            }

            if (EqualsIgnoringCase(utf8.Slice(at, _utf8.Length)))
            {
                return true;
            }

            utf8 = utf8[(at + 1)..];
        }

        return false;
    }

    private bool EqualsIgnoringCase(ReadOnlySpan<byte> candidate)
    {
        for (var i = 0; i < candidate.Length; i++)
        {
            if (Cases(candidate[i]).Lower != Cases(_utf8[i]).Lower)
            {
                return false;
            }
        }

        return true;
    }

    private static (byte Lower, byte Upper) Cases(byte letter) => letter switch
    {
        >= (byte)'A' and <= (byte)'Z' => ((byte)(letter | 0x20), letter),
        >= (byte)'a' and <= (byte)'z' => (letter, (byte)(letter & ~0x20)),
        _ => (letter, letter),
    };
}
