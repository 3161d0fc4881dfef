using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Storage;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>The blobs that hold the parts of unfinished uploads.</summary>
internal sealed class PartBlobs(IBlobStore blobs, TimeProvider clock)
{
    /// <summary>Not cancelled by a client that goes away: what has come is to be kept. One that fails may leave a blob for the collector of orphans.</summary>
    public async Task<ResumableUploadPart> StoreAsync(string uploadId, long start, ReadOnlyMemory<byte> bytes)
    {
        var key = BlobFamily.IncomingOf(BlobKeys.NewOriginal(clock.GetUtcNow()));
        await blobs.WriteAsync(key, bytes, "application/octet-stream", CancellationToken.None);
        return new ResumableUploadPart { UploadId = uploadId, Start = start, Length = bytes.Length, BlobKey = key };
    }

    /// <summary>All the bytes in one stream: of the parts, and then the last ones, which have no blob.</summary>
    public Stream Open(IEnumerable<ResumableUploadPart> parts, ReadOnlyMemory<byte> last) => new PartsStream(blobs, parts, last);
}
