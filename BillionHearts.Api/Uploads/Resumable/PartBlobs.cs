using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Storage;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>The blobs that hold the parts of unfinished uploads.</summary>
internal sealed class PartBlobs(IBlobStore blobs, TimeProvider clock)
{
    /// <summary>Not cancelled when the client disconnects: bytes that have arrived are kept. A failure may leave a blob, which the search for orphans removes.</summary>
    public async Task<ResumableUploadPart> StoreAsync(string uploadId, long start, ReadOnlyMemory<byte> bytes)
    {
        var key = BlobFamily.IncomingOf(BlobKeys.NewOriginal(clock.GetUtcNow()));
        await blobs.WriteAsync(key, bytes, "application/octet-stream", CancellationToken.None);
        return new ResumableUploadPart { UploadId = uploadId, Start = start, Length = bytes.Length, BlobKey = key };
    }

    /// <summary>All bytes in one stream: those of the parts, then the last ones, which have no blob.</summary>
    public Stream Open(IEnumerable<ResumableUploadPart> parts, ReadOnlyMemory<byte> last) => new PartsStream(blobs, parts, last);
}
