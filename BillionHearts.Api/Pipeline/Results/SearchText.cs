using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>What of an analysis and a recognition can be searched for. A further source, such as a place, is one more entry here.</summary>
internal static class SearchText
{
    /// <returns><see langword="null"/> if there is none.</returns>
    public static string? From(ImageAnalysis? analysis, ImageRecognition? recognition)
    {
        string?[] sources = [analysis?.Photo?.Lens, recognition?.Text];
        var text = TextRules.Clean(string.Join(' ', sources.Where(source => source is not null)), ImageMapping.MaxSearchTextLength);

        return text.Length is 0 ? null : text;
    }
}
