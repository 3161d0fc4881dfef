using System.Buffers;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BillionHearts.Storage.AzureBlobs;

/// <summary>Azure Blob Storage, or Azurite in its place.</summary>
internal sealed partial class AzureBlobStore(BlobContainerClient container, IOptions<BlobStoreOptions> options, ILogger<AzureBlobStore> logger) : IBlobStore
{
    private readonly BlobStoreOptions _options = options.Value;
    private readonly string _path = container.Uri.AbsolutePath.TrimEnd('/') + '/';

    public async Task CreateAsync(string key, Stream content, string contentType, CancellationToken cancellationToken)
    {
        var upload = new AzureBlobUpload(Blob(key), contentType);
        var block = ArrayPool<byte>.Shared.Rent(_options.BlockSize);

        try
        {
            // Read here, not by Azure's client, so that it can be sent again when the container has to be created first.
            var length = await FillAsync(block, content, cancellationToken);

            if (length < _options.BlockSize)
            {
                await WriteAsync(cancel => upload.PutAsync(block.AsMemory(0, length), cancel), cancellationToken);
                return;
            }

            while (length > 0)
            {
                await WriteAsync(cancel => upload.StageAsync(block.AsMemory(0, length), cancel), cancellationToken);
                length = await FillAsync(block, content, cancellationToken);
            }

            await WriteAsync(upload.CommitAsync, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    public Task WriteAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken) =>
        WriteAsync(cancel => new AzureBlobUpload(Blob(key), contentType).ReplaceAsync(content, cancel), cancellationToken);

    public async Task<Stream?> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length ?? 1, nameof(length));

        var download = new BlobDownloadOptions { Range = offset is 0 && length is null ? default : new HttpRange(offset, length) };

        try
        {
            var response = await CallAsync(cancel => Blob(key).DownloadStreamingAsync(download, cancel), cancellationToken);
            return new AzureReadStream(response.Value.Content);
        }
        catch (RequestFailedException exception) when (IsAbsent(exception))
        {
            return null;
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.InvalidRange)
        {
            return Stream.Null;
        }
    }

    public async Task<BlobProperties?> GetPropertiesAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var response = await CallAsync(cancel => Blob(key).GetPropertiesAsync(cancellationToken: cancel), cancellationToken);
            return new BlobProperties(response.Value.ContentLength, response.Value.ContentType, response.Value.LastModified);
        }
        catch (RequestFailedException exception) when (IsAbsent(exception))
        {
            return null;
        }
    }

    public async IAsyncEnumerable<ListedBlob> ListAsync(
        string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        BlobKeys.RequirePrefix(prefix);

        for (string? next = ""; next is not null;)
        {
            var page = await PageAsync(prefix, next, cancellationToken);
            next = page?.ContinuationToken is { Length: > 0 } token ? token : null;

            // The service has no "start after": earlier keys are skipped here.
            foreach (var blob in page?.Values.Where(blob => string.CompareOrdinal(blob.Name, after) > 0) ?? [])
            {
                yield return new ListedBlob(blob.Name, blob.Properties.ContentLength ?? 0, blob.Properties.LastModified ?? default);
            }
        }
    }

    public Task<DirectUpload?> CreateUploadAsync(
        string key, string contentType, long? length, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        Task.FromResult(AzureDirectUpload.Create(Blob(key), contentType, expiresAt));

    public async Task<bool> DeleteAsync(string key, CancellationToken cancellationToken) =>
        (await CallAsync(cancel => Blob(key).DeleteIfExistsAsync(cancellationToken: cancel), cancellationToken)).Value;

    public Uri GetUri(string key) => Blob(key).Uri;

    public bool TryGetKey(Uri address, out string key)
    {
        key = address.IsAbsoluteUri && IsHere(address) && address.AbsolutePath.StartsWith(_path, StringComparison.Ordinal)
            ? address.AbsolutePath[_path.Length..]
            : "";

        return BlobKeys.IsValid(key);
    }

    public Task PingAsync(CancellationToken cancellationToken) =>
        WriteAsync(cancel => container.GetPropertiesAsync(cancellationToken: cancel), cancellationToken);

    // Loopback has several names, and the port changes from one run to the next.
    private bool IsHere(Uri address) =>
        address.Scheme is "http" or "https"
        && address is { UserInfo: "", Query: "", Fragment: "" }
        && (address.Host == container.Uri.Host || (address.IsLoopback && container.Uri.IsLoopback));

    private BlockBlobClient Blob(string key) => container.GetBlockBlobClient(BlobKeys.Require(key));

    private async Task<Page<BlobItem>?> PageAsync(string prefix, string token, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(FirstAsync, cancellationToken);
        }
        catch (RequestFailedException exception) when (IsAbsent(exception))
        {
            return null;
        }

        async Task<Page<BlobItem>?> FirstAsync(CancellationToken cancel)
        {
            var pages = container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancel).AsPages(token, _options.PageSize);
            await using var page = pages.GetAsyncEnumerator(cancel);
            return await page.MoveNextAsync() ? page.Current : null;
        }
    }

    private async Task<int> FillAsync(byte[] block, Stream content, CancellationToken cancellationToken) =>
        await content.ReadAtLeastAsync(block.AsMemory(0, _options.BlockSize), _options.BlockSize, throwOnEndOfStream: false, cancellationToken);

    /// <summary>Calls the store, and calls it again after creating the container if that did not exist: the store is new, or Azurite was killed and has lost it.</summary>
    private async Task WriteAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(Once, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await CallAsync(cancel => container.CreateIfNotExistsAsync(cancellationToken: cancel), cancellationToken);
            Log.ContainerCreated(logger, container.Name);
            await CallAsync(Once, cancellationToken);
        }

        async Task<bool> Once(CancellationToken cancel)
        {
            await call(cancel);
            return true;
        }
    }

    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        budget.CancelAfter(_options.Timeout);

        try
        {
            return await call(budget.Token);
        }
        catch (Exception exception) when (AzureFaults.IsUnavailable(exception, cancellationToken))
        {
            throw new BlobStoreUnavailableException($"The blob store did not complete the request within {_options.Timeout.TotalSeconds} s and {_options.Retries + 1} attempts.", exception);
        }
    }

    private static bool IsAbsent(RequestFailedException exception) =>
        exception.ErrorCode == BlobErrorCode.BlobNotFound || exception.ErrorCode == BlobErrorCode.ContainerNotFound;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Created the container {Container}, which did not exist")]
        public static partial void ContainerCreated(ILogger logger, string container);
    }
}
