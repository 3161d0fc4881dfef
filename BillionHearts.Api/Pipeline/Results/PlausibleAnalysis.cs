using System.Text.RegularExpressions;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>
/// The analysis that a worker reports, reduced to plausible values that can be stored. The worker decodes untrusted files, and so is not trusted either.
/// </summary>
internal static partial class PlausibleAnalysis
{
    private const int MaxColors = 6;
    private const double LargestSharpness = 1_040_400;
    private const int LargestSide = 65_535;

    public static ImageAnalysis From(ImageAnalysis reported, DateTimeOffset now) => reported with
    {
        Parameters = reported.Parameters is { PreviewSide: > 0 and <= LargestSide, PreviewQuality: >= 0 and <= 100, ThumbSide: > 0 and <= LargestSide, ThumbQuality: >= 0 and <= 100 }
            ? reported.Parameters
            : null,
        Orientation = reported.Orientation is >= 1 and <= 8 ? reported.Orientation : null,
        ColorProfile = ColorProfiles.All.Contains(reported.ColorProfile) ? reported.ColorProfile : null,
        Palette = reported.Palette is { Count: <= MaxColors } palette && palette.All(IsPlausible) ? palette : null,
        Tone = reported.Tone is { } tone && IsShare(tone.MeanLuma) && IsShare(tone.Shadows) && IsShare(tone.Highlights) && tone.Contrast is >= 0 and <= 0.5 ? tone : null,
        Sharpness = reported.Sharpness is >= 0 and <= LargestSharpness ? reported.Sharpness : null,
        Dhash = reported.Dhash is { } dhash && Phash.TryParse(dhash, out _) ? dhash.ToLowerInvariant() : null,
        Photo = PlausiblePhoto.From(reported.Photo, now),
    };

    // A list in JSON may have a null in it.
    private static bool IsPlausible(PaletteColor? color) => color is { Color: not null } && Hex().IsMatch(color.Color) && IsShare(color.Share);

    // Also false for NaN.
    private static bool IsShare(double share) => share is >= 0 and <= 1;

    [GeneratedRegex(@"^#[0-9a-f]{6}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Hex();
}
