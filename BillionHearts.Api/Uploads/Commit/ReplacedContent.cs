using BillionHearts.Api.Pipeline;
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
    public void RetireAddress(ImagesDbContext db)
    {
        if (MediaKey is not null)
        {
            db.RetiredMediaKeys.Add(new RetiredMediaKey { MediaKey = MediaKey });
        }
    }

    public async Task RetireBlobsAsync(ImagesDbContext db, CancellationToken cancellationToken)
    {
        await db.RetireAsync([Blob], RetiredBlobs.Grace, cancellationToken);
        await db.RetireRenditionsAsync(MediaKey, RetiredBlobs.Grace, cancellationToken);
    }
}
