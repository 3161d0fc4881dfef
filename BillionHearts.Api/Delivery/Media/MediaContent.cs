using System.Security.Cryptography;
using System.Text;
using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Platform.Data;

namespace BillionHearts.Api.Delivery.Media;

/// <summary>A blob to serve, with the headers that describe it.</summary>
internal sealed record MediaContent(string BlobKey, long Length, string ContentType, string Tag, DateTimeOffset LastModified)
{
    public static MediaContent Original(Image image) =>
        Original(image.StoragePath, image.FileSize, image.FileType, image.Sha256!, image.StoredAt ?? image.UploadDate);

    /// <summary>Finds the original, or a rendition that analysis has made.</summary>
    /// <returns><see langword="null"/> if the image does not have this rendition, or not yet.</returns>
    public static MediaContent? Find(MediaImage image, string name)
    {
        if (name is MediaUrls.Original)
        {
            return Original(image.StoragePath, image.FileSize, image.FileType, image.Sha256!, image.StoredAt);
        }

        // The analyser is part of the tag, because another version of it may produce different bytes from the same original.
        return image.Renditions.FirstOrDefault(rendition => rendition.Name == name) is { } rendition
            ? new MediaContent(
                rendition.BlobKey,
                rendition.Bytes,
                FileType.TryParse(rendition.ContentType, out var type) ? type.ContentType : "application/octet-stream",
                Hash($"{image.MediaKey}/{name}/{rendition.Bytes}/{image.Analyzer}"),
                image.StoredAt)
            : null;
    }

    /// <summary>A rendition that was made on demand.</summary>
    public static MediaContent ForRendition(MediaImage image, string name, string blobKey, long bytes, string contentType) =>
        new(blobKey, bytes, contentType, Hash($"{image.MediaKey}/{name}/{bytes}"), image.StoredAt);

    private static MediaContent Original(string key, long length, string fileType, byte[] sha256, DateTimeOffset storedAt) =>
        new(key, length, FileType.FromName(fileType).ContentType, Convert.ToHexStringLower(sha256), storedAt);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
