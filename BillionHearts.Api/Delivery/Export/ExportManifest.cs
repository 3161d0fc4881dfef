using BillionHearts.Api.Platform.Data;

namespace BillionHearts.Api.Delivery.Export;

/// <summary>Describes the files of an export, and lists the errors.</summary>
internal sealed class ExportManifest
{
    public const string FileName = "manifest.json";

    private readonly List<ExportedImage> _images = [];
    private readonly List<ExportError> _errors = [];

    public IReadOnlyList<ExportedImage> Images => _images;

    public IReadOnlyList<ExportError> Errors => _errors;

    /// <param name="file">The entry's name. Null if the image has no entry: it has no content yet, or none of its bytes could be read.</param>
    public void Add(Image image, string? file) => _images.Add(new ExportedImage(
        image.Id,
        file,
        image.OriginalFilename,
        image.UploadDate.UtcDateTime,
        image.CapturedAt?.UtcDateTime,
        image.FileType,
        image.FileSize,
        image.Sha256 is null ? null : Convert.ToHexStringLower(image.Sha256),
        image.Width,
        image.Height,
        image.Version,
        image.Status));

    /// <param name="file">The entry that has the incomplete or wrong bytes, if any were written.</param>
    /// <param name="reason"><c>deleted</c> during the export, <c>missing</c> from the store, or <c>corrupt</c>.</param>
    public void Fail(long id, string? file, string reason) => _errors.Add(new ExportError(id, file, reason));
}

/// <param name="Sha256">The hash of the upload.</param>
internal sealed record ExportedImage(
    long Id,
    string? File,
    string OriginalFilename,
    DateTime UploadDate,
    DateTime? CapturedAt,
    string FileType,
    long FileSize,
    string? Sha256,
    int Width,
    int Height,
    int Version,
    string Status);

internal sealed record ExportError(long Id, string? File, string Reason);
