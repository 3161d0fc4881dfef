using System.Buffers;
using System.Globalization;
using System.Text;

namespace BillionHearts.Api.Delivery.Media;

/// <summary>Names for files that a client makes of an image: without a path, and with no character that a file system refuses or hides.</summary>
internal static class DownloadName
{
    private const char Replacement = '_';

    // Separators of paths, and characters that Windows does not allow in names.
    private static readonly SearchValues<char> s_replaced = SearchValues.Create("/\\<>:\"|?*");

    /// <summary>The name that an image is downloaded under: the last part of the name that it was uploaded with.</summary>
    /// <param name="fallback">When nothing is left of it.</param>
    public static string From(string originalName, string fallback)
    {
        var name = Clean(originalName[(originalName.LastIndexOfAny(['/', '\\']) + 1)..]).Trim(' ');

        return name.Trim('.').Length is 0 ? fallback : name;
    }

    /// <summary>The name without separators and invisible characters; its length is not limited.</summary>
    public static string Clean(string name)
    {
        var clean = new StringBuilder(name.Length);

        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.IsBmp && s_replaced.Contains((char)rune.Value))
            {
                clean.Append(Replacement);
            }
            else if (IsVisible(rune))
            {
                clean.Append(rune);
            }
        }

        return clean.ToString();
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);
}
