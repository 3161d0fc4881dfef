using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace BillionHearts.Storage.S3;

/// <summary>
/// One upload to one key: a single PUT, or parts and their completion. It is marked with an id, so that a lost
/// response can be distinguished from a key that somebody else has taken.
/// </summary>
internal sealed class S3BlobUpload(S3Object target, string contentType, bool conditional)
{
    public const string Mark = "upload";

    private readonly string _mark = Guid.NewGuid().ToString("n");
    private readonly List<PartETag> _parts = [];
    private string? _uploadId;
    private bool _lookedFirst;
    private bool _completing;

    public Task PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        UnlessTakenAsync(() => target.PutAsync(content, contentType, _mark, conditional, cancellationToken), cancellationToken);

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = target.Bucket, Key = target.Key, ContentType = contentType };
        request.Metadata[Mark] = _mark;

        _uploadId = (await target.Client.InitiateMultipartUploadAsync(request, cancellationToken)).UploadId;
    }

    /// <summary>Sends the next part. To retry a failed part, call it with the same part again.</summary>
    public async Task AddAsync(ReadOnlyMemory<byte> part, CancellationToken cancellationToken)
    {
        var request = new UploadPartRequest
        {
            BucketName = target.Bucket,
            Key = target.Key,
            UploadId = _uploadId,
            PartNumber = _parts.Count + 1,
            InputStream = MemoryContent.Stream(part),
            PartSize = part.Length,
            UseChunkEncoding = false,
        };

        var response = await target.Client.UploadPartAsync(request, cancellationToken);
        _parts.Add(new PartETag(request.PartNumber.Value, response.ETag));
    }

    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        // The upload no longer exists if the response to its completion was lost.
        if (_completing && await IsOursAsync(cancellationToken))
        {
            return;
        }

        _completing = true;
        var request = new CompleteMultipartUploadRequest
        {
            BucketName = target.Bucket,
            Key = target.Key,
            UploadId = _uploadId,
            PartETags = _parts,
            IfNoneMatch = conditional ? "*" : null,
        };

        await UnlessTakenAsync(() => target.Client.CompleteMultipartUploadAsync(request, cancellationToken), cancellationToken);
    }

    public Task AbortAsync(CancellationToken cancellationToken) =>
        target.Client.AbortMultipartUploadAsync(
            new AbortMultipartUploadRequest { BucketName = target.Bucket, Key = target.Key, UploadId = _uploadId }, cancellationToken);

    private async Task UnlessTakenAsync(Func<Task> store, CancellationToken cancellationToken)
    {
        // A weaker check for servers without conditions. Only before the first attempt: at the next one the object may be ours.
        if (!conditional && !_lookedFirst && await target.HeadAsync(cancellationToken) is not null)
        {
            throw new BlobExistsException(target.Key);
        }

        _lookedFirst = true;

        try
        {
            await store();
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode is HttpStatusCode.PreconditionFailed)
        {
            if (!await IsOursAsync(cancellationToken))
            {
                throw new BlobExistsException(target.Key);
            }
        }
    }

    private async Task<bool> IsOursAsync(CancellationToken cancellationToken) =>
        (await target.HeadAsync(cancellationToken))?.Metadata[Mark] == _mark;
}
