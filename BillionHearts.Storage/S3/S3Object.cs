using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace BillionHearts.Storage.S3;

/// <summary>One key of a bucket and the single requests made for it.</summary>
internal sealed record S3Object(IAmazonS3 Client, string Bucket, string Key)
{
    public Task<PutObjectResponse> PutAsync(
        ReadOnlyMemory<byte> content, string contentType, string? mark, bool ifAbsent, CancellationToken cancellationToken)
    {
        var request = new PutObjectRequest
        {
            BucketName = Bucket,
            Key = Key,
            InputStream = MemoryContent.Stream(content),
            ContentType = contentType,
            IfNoneMatch = ifAbsent ? "*" : null,
            UseChunkEncoding = false,
        };

        if (mark is not null)
        {
            request.Metadata[S3BlobUpload.Mark] = mark;
        }

        return Client.PutObjectAsync(request, cancellationToken);
    }

    /// <summary>The response to a HEAD request, or null when there is no object.</summary>
    public async Task<GetObjectMetadataResponse?> HeadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = Bucket, Key = Key }, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The response to a GET from <paramref name="offset"/> on; null when there is no object.</summary>
    /// <param name="version">The only version that may be read, by its ETag.</param>
    public async Task<GetObjectResponse?> GetAsync(long offset, long? length, string? version, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest
        {
            BucketName = Bucket,
            Key = Key,
            EtagToMatch = version,
            ByteRange = offset is 0 && length is null
                ? null
                : new ByteRange(FormattableString.Invariant($"bytes={offset}-{offset + length - 1}")),
        };

        try
        {
            return await Client.GetObjectAsync(request, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode is HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
