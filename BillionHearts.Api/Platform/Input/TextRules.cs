using System.Globalization;
using System.Text;

namespace BillionHearts.Api.Platform.Input;

/// <summary>Which text we keep from callers: it is data only, but it comes back in headers, logs of others and user interfaces.</summary>
internal static class TextRules
{
    /// <summary>What is wrong with the text, as the end of a sentence that begins with the field's name.</summary>
    public static string? Fault(string text, int maxLength)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return "must not be empty";
        }

        if (text.Length > maxLength)
        {
            return TooLong(text, maxLength);
        }

        return text.EnumerateRunes().Any(IsForbidden) ? "must not contain control characters" : null;
    }

    public static string TooLong(string text, int maxLength) => $"must have at most {maxLength} characters, not {text.Length}";

    /// <summary>The name that a browser sent along with a file: nobody chose it for us, so it is cleaned where typed text would be refused.</summary>
    public static string CleanFileName(string name, int maxLength) => Clean(name, maxLength);

    /// <summary>The text without what <see cref="Fault"/> would refuse; nothing may be left of it.</summary>
    public static string Clean(string text, int maxLength)
    {
        var clean = new StringBuilder(Math.Min(text.Length, maxLength));

        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > maxLength)
            {
                break;
            }

            if (!IsForbidden(rune))
            {
                clean.Append(rune);
            }
        }

        return clean.ToString().Trim();
    }

    // Bidirectional overrides make "gpj.exe" out of "exe.jpg"; PostgreSQL refuses U+0000.
    private static bool IsForbidden(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
