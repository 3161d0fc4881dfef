using System.Globalization;
using System.Text;

namespace BillionHearts.Api.Platform.Input;

/// <summary>Which text is accepted from callers: it is only data, but it is returned in headers, other systems' logs and user interfaces.</summary>
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

    /// <summary>Cleans a file name that a browser sent with a file. The user did not type it, so it is cleaned where typed text would be refused.</summary>
    public static string CleanFileName(string name, int maxLength) => Clean(name, maxLength);

    /// <summary>The text without the characters that <see cref="Fault"/> refuses; the result may be empty.</summary>
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

    // Bidirectional overrides can display "exe.jpg" as "gpj.exe"; PostgreSQL refuses U+0000.
    private static bool IsForbidden(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
