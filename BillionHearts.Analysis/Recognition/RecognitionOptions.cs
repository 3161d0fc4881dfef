using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Analysis.Recognition;

/// <summary>Whether workers find out what is in a picture, and what that may cost. Bound from the <c>Recognition</c> section.</summary>
internal sealed record RecognitionOptions
{
    public const string SectionName = "Recognition";

    /// <summary>
    /// Whether analysed images are recognised afterwards, one at a time in each worker. Takes 0.05 s of processor time for the look and about 0.5 s for the text
    /// of each image, and 150 MB of memory while there is work.
    /// </summary>
    public bool Enabled { get; init; }

    /// <summary>Languages of text, as Tesseract names them, joined by +. The empty value reads no text. Each language is a package, such as <c>tesseract-ocr-deu</c>.</summary>
    [RegularExpression("([A-Za-z_]{3,20}(\\+[A-Za-z_]{3,20}){0,9})?")]
    public string Languages { get; init; } = "eng";

    /// <summary>Longest time for one image. It runs with the lowest priority, so on a busy machine it takes longer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Time without work after which the process that holds the model ends.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromMinutes(1);
}
