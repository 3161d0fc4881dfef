using System.Security.Cryptography;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Uploads.Intake;

namespace BillionHearts.Api.Uploads.Commit;

/// <summary>Sets the columns of an image that describe its content.</summary>
internal static class ImageContent
{
    public static Image NewImage(long userId, string fileName, StoredContent content)
    {
        var image = new Image
        {
            UserId = userId,
            OriginalFilename = fileName,
            UploadDate = content.StoredAt,
            Width = 0,
            Height = 0,
            FileSize = 0,
            FileType = "",
            StoragePath = "",
            Status = ImageStatus.Pending,
            Version = 0,
        };
        Replace(image, content);

        return image;
    }

    /// <summary>Makes it a new version at a new address. Only what was measured is known of it yet.</summary>
    public static void Replace(Image image, StoredContent content)
    {
        image.Version++;
        image.StoragePath = content.Key;
        image.Width = content.Image.Width;
        image.Height = content.Image.Height;
        image.FileSize = content.Length;
        image.FileType = content.Image.Type.Name;
        image.Sha256 = content.Sha256;
        image.StoredAt = content.StoredAt;
        image.MediaKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        image.Renditions = [];
        (image.Analysis, image.Recognition, image.Phash) = (null, null, null);
        (image.CapturedAt, image.Camera, image.SearchText) = (null, null, null);
    }
}
