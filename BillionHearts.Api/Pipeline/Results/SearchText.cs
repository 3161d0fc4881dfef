using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>What of an analysis and a recognition can be searched for. A further source is one more entry here.</summary>
internal static partial class SearchText
{
    /// <summary>
    /// Stands before each word that only the owner may find (U+E000, private use): a name of a place. Others do not see where a photo was taken, and must not find out by
    /// searching. The SQL function <c>search_own_query</c> (migration PlacesAndComparisons) looks for words with and without it.
    /// </summary>
    public const char OwnersMark = '\uE000';

    /// <returns><see langword="null"/> if there is none.</returns>
    public static string? From(ImageAnalysis? analysis, ImageRecognition? recognition)
    {
        // The longest comes last, because only it may be cut off. The mark has no meaning in a picture.
        string?[] sources = [analysis?.Photo?.Lens, .. Owners(analysis?.Photo?.Location?.Place), recognition?.Text?.Replace(OwnersMark, ' ')];
        var text = TextRules.Clean(string.Join(' ', sources.Where(source => source is not null)), ImageMapping.MaxSearchTextLength);

        return text.Length is 0 ? null : text;
    }

    private static IEnumerable<string> Owners(PhotoPlace? place) =>
        from name in new[] { place?.City, place?.Region, place?.CountryName, place?.Country }
        where name is not null
        from form in new[] { name, WithoutAccents(name) }.Distinct()
        from word in Separators().Split(form)
        where word.Length > 0
        select OwnersMark + word;

    // Few people have the letters of all the places that they travel to: Zürich is also found as Zurich.
    private static string WithoutAccents(string name) => string.Concat(
        name.Normalize(NormalizationForm.FormD).Where(c => CharUnicodeInfo.GetUnicodeCategory(c) is not UnicodeCategory.NonSpacingMark)).Normalize();

    // As search_words splits: at spaces and ASCII punctuation.
    [GeneratedRegex(@"[\s\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E]+", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();
}
