using System.Security.Cryptography;
using System.Text;
using BillionHearts.Api.Images;
using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Images.Metadata;
using BillionHearts.Api.Platform.Data;

namespace BillionHearts.Api.Delivery.Media;

/// <summary>Bytes that can be served: where they are, and what is said of them.</summary>
internal sealed record MediaContent(string BlobKey, long Length, string ContentType, string Tag, DateTimeOffset LastModified)
{
    public static MediaContent Original(Image image) => new(
        image.StoragePath, image.FileSize, FileType.Of(image.FileType).ContentType, Convert.ToHexStringLower(image.Sha256!), image.StoredAt ?? image.UploadDate);

    /// <returns><see langword="null"/> when the image has no such rendition, or not yet.</returns>
    public static MediaContent? Of(Image image, string name)
    {
        if (name is MediaUrls.Original)
        {
            return Original(image);
        }

        // The analyser is part of the tag: another version of it may make other bytes of the same original.
        return image.Renditions.FirstOrDefault(rendition => rendition.Name == name) is { } rendition
            ? new MediaContent(
                rendition.BlobKey,
                rendition.Bytes,
                FileType.TryParse(rendition.ContentType, out var type) ? type.ContentType : "application/octet-stream",
                HashOf($"{image.MediaKey}/{name}/{rendition.Bytes}/{image.Analysis?.Analyzer}"),
                image.StoredAt ?? image.UploadDate)
            : null;
    }

    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
