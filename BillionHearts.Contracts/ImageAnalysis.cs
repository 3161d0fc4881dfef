using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>What was measured from the pixels and read from the metadata.</summary>
public sealed record ImageAnalysis
{
    /// <summary>Name and version of the code that made this, such as <c>billionhearts/4</c>.</summary>
    [JsonPropertyName("analyzer")]
    public required string Analyzer { get; init; }

    /// <summary>Actual format of the file: <c>jpeg png webp gif avif heic</c>.</summary>
    [JsonPropertyName("format")]
    public required string Format { get; init; }

    /// <summary>Pixels, after the orientation is applied: the one in EXIF or, if there is none, the one in XMP.</summary>
    [JsonPropertyName("width")]
    public required int Width { get; init; }

    /// <summary>Pixels, after the orientation is applied: the one in EXIF or, if there is none, the one in XMP.</summary>
    [JsonPropertyName("height")]
    public required int Height { get; init; }

    /// <summary>Frames of an animation; 1 for a still image.</summary>
    [JsonPropertyName("frames")]
    public required int Frames { get; init; }

    [JsonPropertyName("hasAlpha")]
    public required bool HasAlpha { get; init; }

    /// <summary><c>#rrggbb</c>, sRGB.</summary>
    [JsonPropertyName("dominantColor")]
    public required string DominantColor { get; init; }

    /// <summary>ThumbHash placeholder (evanw/thumbhash), base64.</summary>
    [JsonPropertyName("thumbhash")]
    public required string Thumbhash { get; init; }

    /// <summary>64-bit DCT perceptual hash, 16 lower-case hex digits.</summary>
    [JsonPropertyName("phash")]
    public required string Phash { get; init; }

    /// <summary>Null when the file has none, and in analyses made before <c>billionhearts/2</c>.</summary>
    [JsonPropertyName("photo")]
    public PhotoMetadata? Photo { get; init; }
}
