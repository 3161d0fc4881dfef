using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Api.Platform.Data;

namespace BillionHearts.Api.Uploads.Commit;

/// <summary>What new content replaces: the old content, or the blob under which the first content was awaited.</summary>
internal sealed record ReplacedContent(int Images, long Bytes, string? MediaKey, string Blob)
{
    public static ReplacedContent From(Image image) => image.HasContent
        ? new ReplacedContent(1, image.FileSize, image.MediaKey, image.StoragePath)
        : new ReplacedContent(0, 0, null, BlobFamily.IncomingOf(image.StoragePath));

    /// <summary>After the commit, the old address answers 410.</summary>
    public async Task RetireAsync(ImagesDbContext db, CancellationToken cancellationToken)
    {
        await db.RetireAddressAsync(MediaKey, cancellationToken);
        await db.RetireAsync([Blob], RetiredBlobs.Grace, cancellationToken);
        await db.RetireRenditionsAsync(MediaKey, RetiredBlobs.Grace, cancellationToken);
    }
}
