using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Input;

namespace BillionHearts.Api.Images.Metadata;

/// <summary>The metadata that a client sends before the image's bytes.</summary>
internal sealed record ImageMetadata(long UserId, string OriginalFilename, int Width, int Height, long FileSize, string FileType)
{
    public static ImageMetadata Read(FieldReader fields, UploadOptions limits) => new(
        fields.Integer("user_id", 1, long.MaxValue),
        fields.Text("original_filename", ImageMapping.MaxFilenameLength),
        (int)fields.Integer("width", 1, limits.MaxSide),
        (int)fields.Integer("height", 1, limits.MaxSide),
        fields.Integer("file_size", 1, limits.MaxBytes),
        fields.FileType("file_type", isRequired: true) ?? "");
}

internal static class FileTypeField
{
    /// <returns>The type's stored name.</returns>
    public static string? FileType(this FieldReader fields, string name, bool isRequired) =>
        fields.OneOf(name, Formats.FileType.Parse, Formats.FileType.AllNames, isRequired)?.Name;
}
