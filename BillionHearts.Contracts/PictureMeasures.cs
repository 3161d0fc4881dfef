using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <param name="Color"><c>#rrggbb</c>, sRGB.</param>
/// <param name="Share">Of the pixels that are not transparent, 0 to 1, four decimals.</param>
public sealed record PaletteColor(
    [property: JsonPropertyName("color")] string Color,
    [property: JsonPropertyName("share")] double Share);

/// <summary>
/// Brightness and contrast of the image at 320 px a side at most: ITU-R BT.601 luma of the 8-bit sRGB samples, over white where it is transparent. Each
/// value has four decimals.
/// </summary>
/// <param name="MeanLuma">0 (black) to 1 (white).</param>
/// <param name="Shadows">Share of the pixels with a luma below 6 of 255, 0 to 1: no detail is left there.</param>
/// <param name="Highlights">Share of the pixels with a luma above 249 of 255, 0 to 1.</param>
/// <param name="Contrast">RMS contrast (Peli, "Contrast in complex images", J. Opt. Soc. Am. A 7, 1990): the standard deviation of luma, 0 to 0.5.</param>
public sealed record Tone(
    [property: JsonPropertyName("meanLuma")] double MeanLuma,
    [property: JsonPropertyName("shadows")] double Shadows,
    [property: JsonPropertyName("highlights")] double Highlights,
    [property: JsonPropertyName("contrast")] double Contrast);

/// <summary>How the renditions that every image has were made.</summary>
/// <param name="PreviewSide">The square that the preview fits, in pixels. Sharpness is measured at this size.</param>
/// <param name="PreviewQuality">0 to 100, of its encoder: JPEG, or WebP where the image has transparency.</param>
/// <param name="ThumbSide">The square that the thumb fits, in pixels. Hashes, colours and tone are measured at this size or below.</param>
/// <param name="ThumbQuality">0 to 100, of its WebP encoder.</param>
public sealed record AnalysisParameters(
    [property: JsonPropertyName("previewSide")] int PreviewSide,
    [property: JsonPropertyName("previewQuality")] int PreviewQuality,
    [property: JsonPropertyName("thumbSide")] int ThumbSide,
    [property: JsonPropertyName("thumbQuality")] int ThumbQuality);
