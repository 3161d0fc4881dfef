using System.Globalization;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Input;

namespace BillionHearts.Api.Images.Metadata;

/// <summary>A change of an image's metadata. Values that were read from the file can be repeated, as old clients do, but not changed.</summary>
internal sealed record ImageUpdate
{
    public string? OriginalFilename { get; init; }

    public long? UserId { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }

    public long? FileSize { get; init; }

    public string? FileType { get; init; }

    public static ImageUpdate Read(FieldReader fields, UploadOptions limits)
    {
        var update = new ImageUpdate
        {
            UserId = fields.OptionalInteger("user_id", 1, long.MaxValue),
            OriginalFilename = fields.OptionalText("original_filename", ImageMapping.MaxFilenameLength),
            Width = (int?)fields.OptionalInteger("width", 1, limits.MaxSide),
            Height = (int?)fields.OptionalInteger("height", 1, limits.MaxSide),
            FileSize = fields.OptionalInteger("file_size", 1, limits.MaxBytes),
            FileType = fields.FileType("file_type", isRequired: false),
        };

        if (!fields.HasAny)
        {
            fields.Errors.Add("original_filename", "or another field is required");
        }

        return update;
    }

    /// <summary>The errors that prevent applying this to the image; empty if there are none.</summary>
    public Dictionary<string, string[]> Conflicts(Image image)
    {
        var conflicts = new Dictionary<string, string[]>();

        Measured("width", Width, image.Width);
        Measured("height", Height, image.Height);
        Measured("file_size", FileSize, image.FileSize);
        Check("file_type", FileType is null || FileType == image.FileType, image.FileType);

        if (UserId is { } owner && owner != image.UserId)
        {
            conflicts["user_id"] = [$"is {image.UserId} and cannot be changed"];
        }

        return conflicts;

        void Measured(string field, long? wanted, long actual) =>
            Check(field, wanted is null || wanted == actual, actual.ToString(CultureInfo.InvariantCulture));

        void Check(string field, bool isFine, string actual)
        {
            if (image.HasContent && !isFine)
            {
                conflicts[field] = [$"was read from the file, is {actual}, and cannot be changed"];
            }
        }
    }

    public void ApplyTo(Image image)
    {
        image.OriginalFilename = OriginalFilename ?? image.OriginalFilename;
        image.Width = Width ?? image.Width;
        image.Height = Height ?? image.Height;
        image.FileSize = FileSize ?? image.FileSize;
        image.FileType = FileType ?? image.FileType;
    }
}
