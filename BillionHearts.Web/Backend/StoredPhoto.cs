using System.Text.Json.Serialization;

namespace BillionHearts.Web.Backend;

/// <summary>The api's image object, as far as pages show it.</summary>
public sealed record StoredPhoto(
    long Id, long UserId, string OriginalFilename, DateTime UploadDate, int Width, int Height, long FileSize, string FileType, string Status, int Version,
    string? Url, IReadOnlyDictionary<string, PhotoRendition> Renditions, PhotoAnalysis? Analysis, PhotoRecognition? Recognition, PhotoFailure? Failure)
{
    public const string Awaited = "awaiting_content";
    public const string Pending = "pending";
    public const string Failed = "failed";

    public PhotoRendition? Thumb => Renditions.GetValueOrDefault("thumb");

    public PhotoRendition? Preview => Renditions.GetValueOrDefault("preview");

    /// <summary>In pixels, upright.</summary>
    public (int Width, int Height) Size => Analysis is { } found ? (found.Width, found.Height) : (Width, Height);

    public DateTime TakenAt => Analysis?.CapturedAt ?? UploadDate;
}

public sealed record PhotoRendition(string Url, int Width, int Height, long Bytes);

public sealed record PhotoFailure(string Reason, string Detail);

/// <param name="Text">Words that can be read in the picture.</param>
public sealed record PhotoRecognition(string? Text);

public sealed record PhotoAnalysis(
    string Analyzer, string Format, int Width, int Height, int Frames, string? ColorProfile, string DominantColor, IReadOnlyList<PaletteColor>? Palette, double? Sharpness,
    string? Camera, string? Lens, DateTime? CapturedAt, int? UtcOffsetMinutes, double? ExposureSeconds, double? Aperture, int? Iso, double? FocalLengthMm,
    [property: JsonPropertyName("focal_length_35mm")] int? FocalLength35Mm, double? ExposureBiasEv, bool? FlashFired, int? Rating, PhotoLocation? Location);

/// <param name="Share">Of the pixels, 0 to 1.</param>
public sealed record PaletteColor(string Color, double Share);

public sealed record PhotoLocation(double Latitude, double Longitude, double? AltitudeMetres, PhotoPlace? Place);

public sealed record PhotoPlace(string? City, string? Region, string CountryName);

/// <param name="Distance">By hash: how many of 64 bits differ.</param>
/// <param name="Score">By look: 1 for the same picture.</param>
public sealed record SimilarPhoto(int? Distance, double? Score, StoredPhoto Image);

internal sealed record PhotoMerge(StoredPhoto Kept, IReadOnlyList<long> Merged);

public sealed record MergedPhotos(IReadOnlyList<long> Merged, DateTime? UndoUntil);

internal sealed record RestoredPhotos([property: JsonPropertyName("restored")] IReadOnlyList<long> Ids);

/// <param name="Sha256">Lower-case hex.</param>
internal sealed record PhotoReceipt(long ImageId, string Sha256, long Bytes, DateTime StoredAt, DateTime VerifiedAt, int Version);

/// <summary>A sentence that says what was done.</summary>
internal sealed record Confirmation(string Detail);
