using BillionHearts.Api.Images;
using BillionHearts.Api.Removal;
using BillionHearts.Storage;

namespace BillionHearts.Api.Resumable;

/// <summary>The blobs that hold the parts of unfinished uploads.</summary>
internal sealed class PartBlobs(IBlobStore blobs, ContentIntake intake, TimeProvider clock)
{
    /// <summary>Not cancelled by a client that goes away: what has come is to be kept.</summary>
    public async Task<ResumableUploadPart> StoreAsync(string uploadId, long start, ReadOnlyMemory<byte> bytes)
    {
        var key = BlobFamily.IncomingOf(BlobKeys.NewOriginal(clock.GetUtcNow()));

        try
        {
            await blobs.WriteAsync(key, bytes, "application/octet-stream", CancellationToken.None);
        }
        catch
        {
            // The store may have it although it did not say so.
            await intake.DiscardAsync(key);
            throw;
        }

        return new ResumableUploadPart { UploadId = uploadId, Start = start, Length = bytes.Length, BlobKey = key };
    }

    public async Task DiscardAsync(IEnumerable<ResumableUploadPart> parts)
    {
        foreach (var part in parts)
        {
            await intake.DiscardAsync(part.BlobKey);
        }
    }

    /// <summary>All the bytes in one stream: of the parts, and then the last ones, which have no blob.</summary>
    public Stream Open(IEnumerable<ResumableUploadPart> parts, ReadOnlyMemory<byte> last) => new PartsStream(blobs, parts, last);
}
