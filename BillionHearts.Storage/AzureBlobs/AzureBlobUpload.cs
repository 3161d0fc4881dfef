using System.Buffers.Binary;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace BillionHearts.Storage.AzureBlobs;

/// <summary>
/// One upload to one key: a single PUT, or blocks and a commit. It is marked with an id, so that a lost
/// response can be distinguished from a key that somebody else has taken.
/// </summary>
internal sealed class AzureBlobUpload(BlockBlobClient blob, string contentType)
{
    private const string Mark = "upload";

    private readonly Guid _id = Guid.NewGuid();
    private readonly List<string> _blocks = [];

    public Task PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        UnlessTakenAsync(() => UploadAsync(content, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken), cancellationToken);

    public Task ReplaceAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        UploadAsync(content, conditions: null, cancellationToken);

    /// <summary>Sends the next block. To retry a failed block, call it with the same block again.</summary>
    public async Task StageAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        var id = BlockId(_blocks.Count);
        using var stream = MemoryContent.Stream(block);
        await blob.StageBlockAsync(id, stream, cancellationToken: cancellationToken);
        _blocks.Add(id);
    }

    public Task CommitAsync(CancellationToken cancellationToken)
    {
        var commit = new CommitBlockListOptions
        {
            HttpHeaders = Headers(),
            Metadata = Metadata(),
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
        };

        return UnlessTakenAsync(() => blob.CommitBlockListAsync(_blocks, commit, cancellationToken), cancellationToken);
    }

    private async Task UploadAsync(ReadOnlyMemory<byte> content, BlobRequestConditions? conditions, CancellationToken cancellationToken)
    {
        var upload = new BlobUploadOptions { HttpHeaders = Headers(), Metadata = Metadata(), Conditions = conditions };
        using var stream = MemoryContent.Stream(content);
        await blob.UploadAsync(stream, upload, cancellationToken);
    }

    private async Task UnlessTakenAsync(Func<Task> store, CancellationToken cancellationToken)
    {
        try
        {
            await store();
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412 && exception.ErrorCode != BlobErrorCode.ContainerBeingDeleted)
        {
            if (!await IsOursAsync(cancellationToken))
            {
                throw new BlobExistsException(blob.Name);
            }
        }
    }

    private async Task<bool> IsOursAsync(CancellationToken cancellationToken)
    {
        var properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
        return properties.Value.Metadata.TryGetValue(Mark, out var id) && id == _id.ToString("N");
    }

    // The mark is part of the block id: two uploads to one key would otherwise mix their blocks.
    private string BlockId(int index)
    {
        Span<byte> id = stackalloc byte[20];
        _id.TryWriteBytes(id);
        BinaryPrimitives.WriteInt32BigEndian(id[16..], index);
        return Convert.ToBase64String(id);
    }

    private BlobHttpHeaders Headers() => new() { ContentType = contentType };

    private Dictionary<string, string> Metadata() => new() { [Mark] = _id.ToString("N") };
}
