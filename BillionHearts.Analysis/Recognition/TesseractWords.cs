using System.Globalization;
using System.Text.RegularExpressions;
using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Recognition;

/// <summary>
/// The words in Tesseract's output, a table with tabs whose last two columns are the confidence, 0 to 100, and the text:
/// <code>
/// level page_num block_num par_num line_num word_num left top width height conf text
/// 5     1        1         1       1        1        280  89  139   33     96.2 DOUBLE
/// </code>
/// </summary>
internal static partial class TesseractWords
{
    // On 90 photos without text, no word of three letters has 70 or more, and several words of two letters have (ADR 22).
    private const double MinConfidence = 80;

    private const int Columns = 12;

    /// <returns>Separated by spaces, at most <see cref="ImageRecognition.MaxTextLength"/> characters; <see langword="null"/> if there are none.</returns>
    public static string? Read(string table)
    {
        var words = table.Split('\n')
            .Select(line => line.Split('\t'))
            .Where(cells => cells.Length >= Columns
                && double.TryParse(cells[Columns - 2], NumberStyles.Float, CultureInfo.InvariantCulture, out var confidence) && confidence >= MinConfidence)
            .SelectMany(cells => Word().Matches(cells[Columns - 1]).Select(match => match.Value));
        var text = "";

        foreach (var word in words)
        {
            if (text.Length + 1 + word.Length > ImageRecognition.MaxTextLength)
            {
                break;
            }

            text = text.Length is 0 ? word : $"{text} {word}";
        }

        return text.Length is 0 ? null : text;
    }

    // A pattern on a wall is often read as one or two letters.
    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]{3,60}")]
    private static partial Regex Word();
}
