using BillionHearts.Api.Input;

namespace BillionHearts.Api.Images;

/// <summary>What a client says about an image before its bytes have come.</summary>
internal sealed record ImageMetadata(long UserId, string OriginalFilename, int Width, int Height, long FileSize, string FileType)
{
    public const int MaxFilenameLength = 255;

    public static ImageMetadata Read(FieldReader fields, UploadOptions limits) => new(
        fields.Integer("user_id", 1, long.MaxValue),
        fields.Text("original_filename", MaxFilenameLength),
        (int)fields.Integer("width", 1, limits.MaxSide),
        (int)fields.Integer("height", 1, limits.MaxSide),
        fields.Integer("file_size", 1, limits.MaxBytes),
        ReadFileType(fields, fields.Text("file_type", 32)) ?? "");

    public static string? ReadFileType(FieldReader fields, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (Formats.FileType.TryParse(text, out var type))
        {
            return type.Name;
        }

        fields.Refuse("file_type", $"must be one of {Formats.FileType.Names}, not '{text}'");
        return null;
    }
}
