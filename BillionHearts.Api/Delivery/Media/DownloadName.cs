using System.Buffers;
using System.Globalization;
using System.Text;

namespace BillionHearts.Api.Delivery.Media;

/// <summary>File names for downloads and exports: without a path, and without characters that a file system rejects or hides.</summary>
internal static class DownloadName
{
    private const char Replacement = '_';

    // Path separators, and characters that Windows does not allow in names.
    private static readonly SearchValues<char> s_replaced = SearchValues.Create("/\\<>:\"|?*");

    /// <summary>The file name of a download: the last path segment of the name that the image was uploaded with.</summary>
    /// <param name="fallback">The name to use if nothing is left.</param>
    public static string From(string originalName, string fallback)
    {
        var name = Clean(originalName[(originalName.LastIndexOfAny(['/', '\\']) + 1)..]).Trim(' ');

        return name.Trim('.').Length is 0 ? fallback : name;
    }

    /// <summary>Replaces separators and forbidden characters, and removes invisible ones. Does not limit the length.</summary>
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
