using System.ComponentModel;
using System.Text.Json.Serialization;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Images;

/// <summary>What analysis found out. A value is null where the file has none, and in results of analyser versions that did not have it yet.</summary>
internal sealed record AnalysisResponse
{
    [Description("Name and version of the analyser, such as `billionhearts/5`.")]
    public required string Analyzer { get; init; }

    [Description("How the renditions were made: sides in pixels, qualities 0 to 100.")]
    public AnalysisParametersResponse? Parameters { get; init; }

    public required string Format { get; init; }

    [Description("In pixels, after the camera's orientation is applied.")]
    public required int Width { get; init; }

    [Description("In pixels, after the camera's orientation is applied.")]
    public required int Height { get; init; }

    [Description("The orientation that was applied, 1 to 8 as in EXIF.")]
    public int? Orientation { get; init; }

    public required int Frames { get; init; }

    public required bool HasAlpha { get; init; }

    [Description("`none`, `srgb`, `display_p3`, `adobe_rgb`, `prophoto_rgb`, `rec2020` or `other`.")]
    public string? ColorProfile { get; init; }

    public required string DominantColor { get; init; }

    [Description("At most six colours, the dominant one first; `share` is of the pixels that are not transparent, 0 to 1.")]
    public IReadOnlyList<PaletteColorResponse>? Palette { get; init; }

    [Description("Luma (BT.601) of the thumb: its mean, 0 to 1; the shares that are clipped, 0 to 1; and its standard deviation (RMS contrast), 0 to 0.5.")]
    public ToneResponse? Tone { get; init; }

    [Description("Variance of the Laplacian of luma at the size of the preview, 0 to 1,040,400. A few units are blurred, hundreds are sharp.")]
    public double? Sharpness { get; init; }

    public required string Thumbhash { get; init; }

    [Description("64-bit DCT hash, 16 hex digits.")]
    public required string Phash { get; init; }

    [Description("64-bit difference hash, 16 hex digits.")]
    public string? Dhash { get; init; }

    public string? Camera { get; init; }

    public string? Lens { get; init; }

    public DateTime? CapturedAt { get; init; }

    [Description("Minutes that the camera's clock was ahead of UTC. Null unless the caller is authenticated as the owner.")]
    public int? UtcOffsetMinutes { get; init; }

    public double? ExposureSeconds { get; init; }

    public double? Aperture { get; init; }

    public int? Iso { get; init; }

    public double? FocalLengthMm { get; init; }

    [Description("Focal length of the same angle of view on 35 mm film, in millimetres.")]
    [JsonPropertyName("focal_length_35mm")]
    public int? FocalLength35Mm { get; init; }

    [Description("`manual`, `program`, `aperture_priority`, `shutter_priority`, `creative`, `action`, `portrait` or `landscape`.")]
    public string? ExposureProgram { get; init; }

    [Description("Exposure compensation; positive is brighter.")]
    public double? ExposureBiasEv { get; init; }

    [Description("`average`, `center_weighted`, `spot`, `multi_spot`, `pattern` or `partial`.")]
    public string? MeteringMode { get; init; }

    public bool? FlashFired { get; init; }

    [Description("`auto` or `manual`.")]
    public string? WhiteBalance { get; init; }

    [Description("1 to 5 stars, or -1 for rejected.")]
    public int? Rating { get; init; }

    [Description("Null unless the caller is authenticated, with a token or key, as the owner.")]
    public LocationResponse? Location { get; init; }

    /// <param name="isOwner">See <see cref="ImageResponse.From"/>.</param>
    public static AnalysisResponse From(ImageAnalysis analysis, bool isOwner)
    {
        var photo = analysis.Photo;
        return new AnalysisResponse
        {
            Analyzer = analysis.Analyzer,
            Parameters = AnalysisParametersResponse.From(analysis.Parameters),
            Format = analysis.Format,
            Width = analysis.Width,
            Height = analysis.Height,
            Orientation = analysis.Orientation,
            Frames = analysis.Frames,
            HasAlpha = analysis.HasAlpha,
            ColorProfile = analysis.ColorProfile,
            DominantColor = analysis.DominantColor,
            Palette = analysis.Palette?.Select(color => new PaletteColorResponse(color.Color, color.Share)).ToArray(),
            Tone = analysis.Tone is { } tone ? new ToneResponse(tone.MeanLuma, tone.Shadows, tone.Highlights, tone.Contrast) : null,
            Sharpness = analysis.Sharpness,
            Thumbhash = analysis.Thumbhash,
            Phash = analysis.Phash,
            Dhash = analysis.Dhash,
            Camera = photo?.Camera,
            Lens = photo?.Lens,
            CapturedAt = photo?.CapturedAt?.UtcDateTime,
            UtcOffsetMinutes = isOwner ? photo?.UtcOffsetMinutes : null,
            ExposureSeconds = photo?.ExposureSeconds,
            Aperture = photo?.Aperture,
            Iso = photo?.Iso,
            FocalLengthMm = photo?.FocalLengthMm,
            FocalLength35Mm = photo?.FocalLength35Mm,
            ExposureProgram = photo?.ExposureProgram,
            ExposureBiasEv = photo?.ExposureBiasEv,
            MeteringMode = photo?.MeteringMode,
            FlashFired = photo?.FlashFired,
            WhiteBalance = photo?.WhiteBalance,
            Rating = photo?.Rating,
            Location = isOwner ? LocationResponse.From(photo?.Location) : null,
        };
    }
}

internal sealed record AnalysisParametersResponse(int PreviewSide, int PreviewQuality, int ThumbSide, int ThumbQuality)
{
    public static AnalysisParametersResponse? From(AnalysisParameters? parameters) =>
        parameters is null ? null : new(parameters.PreviewSide, parameters.PreviewQuality, parameters.ThumbSide, parameters.ThumbQuality);
}

internal sealed record PaletteColorResponse(string Color, double Share);

internal sealed record ToneResponse(double MeanLuma, double Shadows, double Highlights, double Contrast);

/// <summary>
/// Where the photo was taken: degrees north and east (WGS 84), metres above sea level, and the degrees clockwise from north in which the camera pointed.
/// </summary>
/// <param name="DirectionIsMagnetic">Whether the direction is from magnetic north, not true north.</param>
/// <param name="FixedAt">When the satellites gave the position.</param>
/// <param name="Place">Null on the high seas.</param>
internal sealed record LocationResponse(
    double Latitude, double Longitude, double? AltitudeMetres, double? DirectionDegrees, bool? DirectionIsMagnetic, DateTime? FixedAt, PlaceResponse? Place)
{
    public static LocationResponse? From(PhotoLocation? location) => location is null
        ? null
        : new(
            location.Latitude, location.Longitude, location.AltitudeMetres, location.DirectionDegrees, location.DirectionIsMagnetic, location.FixedAt?.UtcDateTime,
            PlaceResponse.From(location.Place));
}

/// <summary>Names of the place, from GeoNames (CC BY 4.0).</summary>
/// <param name="City">The city that reaches the position, or else the nearest, in the same country. Null if none is within 50 km.</param>
/// <param name="Region">The state or other first division that the city is in, in English.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="CountryName">In English.</param>
/// <param name="DistanceKm">From the middle of the city.</param>
internal sealed record PlaceResponse(string? City, string? Region, string Country, string CountryName, double? DistanceKm)
{
    public static PlaceResponse? From(PhotoPlace? place) =>
        place is null ? null : new(place.City, place.Region, place.Country, place.CountryName, place.DistanceKm);
}
