using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>
/// What was measured from the pixels and read from the metadata. What <c>billionhearts/5</c> added is null in older analyses. Everything is of the upright
/// image, except that turning it does not change colours, tone and sharpness.
/// </summary>
public sealed record ImageAnalysis
{
    /// <summary>Name and version of the code that made this, such as <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("analyzer")]
    public required string Analyzer { get; init; }

    /// <summary>Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("parameters")]
    public AnalysisParameters? Parameters { get; init; }

    /// <summary>Actual format of the file: <c>jpeg png webp gif avif heic</c>.</summary>
    [JsonPropertyName("format")]
    public required string Format { get; init; }

    /// <summary>Pixels, after the orientation is applied: the one in EXIF or, if there is none, the one in XMP.</summary>
    [JsonPropertyName("width")]
    public required int Width { get; init; }

    /// <summary>Pixels, after the orientation is applied: the one in EXIF or, if there is none, the one in XMP.</summary>
    [JsonPropertyName("height")]
    public required int Height { get; init; }

    /// <summary>
    /// The orientation that was applied, 1 to 8 as in EXIF (tag 0x0112): 1 is stored upright, 6 was turned clockwise by a quarter. Since <c>billionhearts/5</c>.
    /// </summary>
    [JsonPropertyName("orientation")]
    public int? Orientation { get; init; }

    /// <summary>Frames of an animation; 1 for a still image.</summary>
    [JsonPropertyName("frames")]
    public required int Frames { get; init; }

    [JsonPropertyName("hasAlpha")]
    public required bool HasAlpha { get; init; }

    /// <summary>Which ICC profile the file has: one of <see cref="ColorProfiles"/>. All values here are after conversion to sRGB. Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("colorProfile")]
    public string? ColorProfile { get; init; }

    /// <summary><c>#rrggbb</c>, sRGB: the largest of six clusters of the image's colours (k-means in Oklab).</summary>
    [JsonPropertyName("dominantColor")]
    public required string DominantColor { get; init; }

    /// <summary>
    /// At most six colours, from the same clusters: the dominant colour first, then the others by share. Colours that cannot be told apart are one, and those
    /// of less than 1 % are left out. Empty when all pixels are transparent. Since <c>billionhearts/5</c>.
    /// </summary>
    [JsonPropertyName("palette")]
    public IReadOnlyList<PaletteColor>? Palette { get; init; }

    /// <summary>Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("tone")]
    public Tone? Tone { get; init; }

    /// <summary>
    /// Variance of the Laplacian of luma (Pech-Pacheco et al., ICPR 2000), in squared steps of 8 bits: 0 to 1,040,400, two decimals; a few units are blurred,
    /// hundreds are sharp. Measured at the size of the preview, 1280 px a side at most, by the kernel 0 1 0, 1 -4 1, 0 1 0 without the outermost pixels.
    /// Grain counts as detail, so compare photos of similar content and size. Null when a side has fewer than three pixels. Since <c>billionhearts/5</c>.
    /// </summary>
    [JsonPropertyName("sharpness")]
    public double? Sharpness { get; init; }

    /// <summary>ThumbHash placeholder (evanw/thumbhash), base64.</summary>
    [JsonPropertyName("thumbhash")]
    public required string Thumbhash { get; init; }

    /// <summary>64-bit DCT perceptual hash (Zauner, 2010), 16 lower-case hex digits.</summary>
    [JsonPropertyName("phash")]
    public required string Phash { get; init; }

    /// <summary>64-bit difference hash, horizontal, 9 × 8 (Krawetz, Hacker Factor, 2013), 16 lower-case hex digits. Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("dhash")]
    public string? Dhash { get; init; }

    /// <summary>Null when the file has none, and in analyses made before <c>billionhearts/2</c>.</summary>
    [JsonPropertyName("photo")]
    public PhotoMetadata? Photo { get; init; }
}
