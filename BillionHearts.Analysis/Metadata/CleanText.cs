using System.Globalization;
using System.Text;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Turns a text from an untrusted file into a single line that is safe to show.</summary>
internal static class CleanText
{
    public const int MaxLength = 128;

    /// <returns>
    /// In Unicode normalization form C, without invisible characters, with single spaces, cut at <see cref="MaxLength"/>. Null
    /// when nothing is left.
    /// </returns>
    public static string? Of(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || rune.Value is 0)
            {
                if (line is [.., not ' '])
                {
                    line.Append(' ');
                }
            }
            else if (IsVisible(rune))
            {
                line.Append(rune.ToString());
            }
        }

        var clean = Cut(line.ToString().Normalize(NormalizationForm.FormC)).TrimEnd();
        return clean.Length is 0 ? null : clean;
    }

    // Normalize throws on unassigned characters; format characters could reverse the text around them.
    private static bool IsVisible(Rune rune) =>
        rune != Rune.ReplacementChar
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private static string Cut(string text) =>
        text.Length <= MaxLength ? text
        : char.IsHighSurrogate(text[MaxLength - 1]) ? text[..(MaxLength - 1)]
        : text[..MaxLength];
}
