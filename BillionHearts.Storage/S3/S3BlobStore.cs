using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BillionHearts.Storage.S3;

/// <summary>Amazon S3, or a server that speaks its protocol.</summary>
internal sealed partial class S3BlobStore(
    IAmazonS3 client, S3Calls calls, IOptions<BlobStoreOptions> options, IOptions<S3BlobStoreOptions> s3, ILogger<S3BlobStore> logger) : IBlobStore
{
    private readonly BlobStoreOptions _options = options.Value;
    private readonly S3BlobStoreOptions _s3 = s3.Value;
    private readonly BlobAddresses _addresses = new("s3", options.Value.Container);
    private readonly S3Conditions _conditions = new(new S3Object(client, options.Value.Container, "probe/if-none-match"));

    public async Task CreateAsync(string key, Stream content, string contentType, CancellationToken cancellationToken)
    {
        var upload = new S3BlobUpload(Object(key), contentType, _s3.ConditionalPuts);
        using var block = new S3Block(_s3.PartSize);
        await block.FillAsync(content, cancellationToken);

        await RequireConditionsAsync(cancellationToken);

        if (!block.IsFull)
        {
            await WriteAsync(cancel => upload.PutAsync(block.Content, cancel), cancellationToken);
            return;
        }

        await WriteAsync(upload.BeginAsync, cancellationToken);

        try
        {
            while (block.Content.Length > 0)
            {
                await WriteAsync(cancel => upload.AddAsync(block.Content, cancel), cancellationToken);
                await block.FillAsync(content, cancellationToken);
            }

            await WriteAsync(upload.CompleteAsync, cancellationToken);
        }
        catch
        {
            await AbortAsync(upload);
            throw;
        }
    }

    public Task WriteAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken) =>
        WriteAsync(cancel => Object(key).PutAsync(content, contentType, mark: null, ifAbsent: false, cancel), cancellationToken);

    public async Task<Stream?> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length ?? 1, nameof(length));
        var target = Object(key);

        try
        {
            var response = await calls.RunAsync(cancel => target.GetAsync(offset, length, version: null, cancel), cancellationToken);
            return response is null ? null : new S3ReadStream(response, offset, _options, ReopenAsync);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return Stream.Null;
        }

        Task<GetObjectResponse?> ReopenAsync(long position, long rest, string version, CancellationToken cancel) =>
            calls.RunAsync(attempt => target.GetAsync(position, rest, version, attempt), cancel);
    }

    public async Task<BlobProperties?> GetPropertiesAsync(string key, CancellationToken cancellationToken) =>
        await calls.RunAsync(Object(key).HeadAsync, cancellationToken) is { } head
            ? new BlobProperties(head.ContentLength, head.Headers.ContentType, Utc(head.LastModified))
            : null;

    public async IAsyncEnumerable<ListedBlob> ListAsync(string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        BlobKeys.RequirePrefix(prefix);

        for (var more = true; more;)
        {
            // Continues after the last key instead of with the server's token: a key cannot expire.
            var request = new ListObjectsV2Request { BucketName = _options.Container, Prefix = prefix, StartAfter = after, MaxKeys = _options.PageSize };
            var page = await PageAsync(request, cancellationToken);
            more = page?.IsTruncated is true;

            foreach (var item in page?.S3Objects ?? [])
            {
                after = item.Key;
                yield return new ListedBlob(item.Key, item.Size ?? 0, Utc(item.LastModified));
            }
        }
    }

    public async Task<bool> DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var target = Object(key);

        // S3 gives the same answer whether the key existed or not.
        if (await calls.RunAsync(target.HeadAsync, cancellationToken) is null)
        {
            return false;
        }

        await calls.RunAsync(cancel => client.DeleteObjectAsync(target.Bucket, target.Key, cancel), cancellationToken);
        return true;
    }

    public async Task<DirectUpload?> CreateUploadAsync(
        string key, string contentType, long? length, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        await S3DirectUpload.CreateAsync(Object(key), contentType, length, expiresAt, _s3);

    public Uri GetUri(string key) => _addresses.Of(key);

    public bool TryGetKey(Uri address, out string key) => _addresses.TryGetKey(address, out key);

    public async Task PingAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(cancel => client.HeadBucketAsync(new HeadBucketRequest { BucketName = _options.Container }, cancel), cancellationToken);
        await RequireConditionsAsync(cancellationToken);
    }

    private S3Object Object(string key) => new(client, _options.Container, BlobKeys.Require(key));

    private static DateTimeOffset Utc(DateTime? time) => new(DateTime.SpecifyKind((time ?? default).ToUniversalTime(), DateTimeKind.Utc));

    private Task RequireConditionsAsync(CancellationToken cancellationToken) =>
        _s3.ConditionalPuts ? WriteAsync(_conditions.RequireAsync, cancellationToken) : Task.CompletedTask;

    private async Task<ListObjectsV2Response?> PageAsync(ListObjectsV2Request request, CancellationToken cancellationToken)
    {
        try
        {
            return await calls.RunAsync(cancel => client.ListObjectsV2Async(request, cancel), cancellationToken);
        }
        catch (AmazonS3Exception exception) when (S3Faults.IsAbsent(exception))
        {
            return null;
        }
    }

    /// <summary>Calls the store, and calls it again after creating the bucket if that did not exist.</summary>
    private async Task WriteAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        try
        {
            await calls.RunAsync(Once, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (S3Faults.IsAbsent(exception))
        {
            await calls.RunAsync(cancel => S3Bucket.CreateAsync(client, _options.Container, cancel), cancellationToken);
            Log.BucketCreated(logger, _options.Container);
            await calls.RunAsync(Once, cancellationToken);
        }

        async Task<bool> Once(CancellationToken cancel)
        {
            await call(cancel);
            return true;
        }
    }

    private async Task AbortAsync(S3BlobUpload upload)
    {
        using var limit = new CancellationTokenSource(_options.AttemptTimeout);

        try
        {
            await upload.AbortAsync(limit.Token);
        }
        catch (Exception exception) when (exception is AmazonS3Exception || S3Faults.IsUnavailable(exception, CancellationToken.None))
        {
            Log.PartsLeft(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Created the bucket {Bucket}, which did not exist")]
        public static partial void BucketCreated(ILogger logger, string bucket);

        [LoggerMessage(LogLevel.Information, "The parts of a failed upload could not be removed; they stay in the bucket until its lifecycle rule removes them")]
        public static partial void PartsLeft(ILogger logger, Exception exception);
    }
}
