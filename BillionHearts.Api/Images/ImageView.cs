using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Images;

/// <summary>The fields of an image that responses show.</summary>
internal sealed record ImageView(
    long Id,
    long UserId,
    string OriginalFilename,
    DateTimeOffset UploadDate,
    int Width,
    int Height,
    long FileSize,
    string FileType,
    string StoragePath,
    string Status,
    int Version,
    byte[]? Sha256,
    string? MediaKey,
    string? FailureReason,
    string? FailureDetail,
    IReadOnlyList<StoredRendition> Renditions,
    ImageAnalysis? Analysis,
    ImageRecognition? Recognition)
{
    public bool HasContent => Version > 0;

    public static ImageView From(Image image) => new(
        image.Id,
        image.UserId,
        image.OriginalFilename,
        image.UploadDate,
        image.Width,
        image.Height,
        image.FileSize,
        image.FileType,
        image.StoragePath,
        image.Status,
        image.Version,
        image.Sha256,
        image.MediaKey,
        image.FailureReason,
        image.FailureDetail,
        image.Renditions,
        image.Analysis,
        image.Recognition);
}
