using System.Buffers;
using System.Text;
using Microsoft.Extensions.Options;

namespace BillionHearts.Storage.Files;

/// <summary>
/// A folder of one machine, shared by its processes. A write is acknowledged only after file and folder
/// are synced to the disk. Each blob is a file of its own, so that removing a blob is removing a file, without counting references.
/// </summary>
internal sealed class FileBlobStore(BlobFolder folder, FileCalls calls, IOptions<BlobStoreOptions> options) : IBlobStore
{
    private readonly BlobAddresses _addresses = new("files", options.Value.Container);
    private readonly FileListing _listing = new(folder, calls);
    private readonly int _blockSize = options.Value.BlockSize;

    public async Task CreateAsync(string key, Stream content, string contentType, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        var block = ArrayPool<byte>.Shared.Rent(_blockSize);
        var (busy, free) = (false, true);
        UnfinishedFile? file = null;

        try
        {
            for (var last = false; !last;)
            {
                var length = await content.ReadAtLeastAsync(block.AsMemory(0, _blockSize), _blockSize, throwOnEndOfStream: false, cancellationToken);
                last = length < _blockSize;
                busy = true;
                free = await calls.RunAsync("create", abandoned => Put(length, last, abandoned), cancellationToken);
                busy = false;
            }
        }
        finally
        {
            if (!busy)
            {
                ArrayPool<byte>.Shared.Return(block);
            }

            await DiscardAsync(file);
        }

        if (!free)
        {
            throw new BlobExistsException(key);
        }

        bool Put(int length, bool last, CancellationToken abandoned)
        {
            file ??= NewFile(contentType);
            file.Append(block.AsSpan(0, length));

            if (abandoned.IsCancellationRequested)
            {
                file.Dispose();
                abandoned.ThrowIfCancellationRequested();
            }

            return !last || file.Publish(path);
        }
    }

    public async Task WriteAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken)
    {
        var path = PathOf(key);

        await calls.RunAsync("write", Replace, cancellationToken);

        bool Replace(CancellationToken abandoned)
        {
            using var file = NewFile(contentType);
            file.Append(content.Span);
            abandoned.ThrowIfCancellationRequested();
            file.Replace(path);
            return true;
        }
    }

    public async Task<Stream?> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length ?? 1, nameof(length));
        var path = PathOf(key);

        return await calls.RunAsync<Stream?>("open", _ => IfThere(Open), cancellationToken);

        FileReadStream Open()
        {
            var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var rest = Math.Max(0, RandomAccess.GetLength(file) - offset);
            return new FileReadStream(file, offset, Math.Min(rest, length ?? rest));
        }
    }

    public async Task<BlobProperties?> GetPropertiesAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);

        return await calls.RunAsync("properties", _ => IfThere(() => Properties(new FileInfo(path))), cancellationToken);
    }

    public IAsyncEnumerable<ListedBlob> ListAsync(string prefix, string? after, CancellationToken cancellationToken) =>
        _listing.ListAsync(BlobKeys.RequirePrefix(prefix), after, cancellationToken);

    public async Task<bool> DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);

        return await calls.RunAsync("delete", _ => Delete(), cancellationToken);

        bool Delete()
        {
            folder.Know();

            switch (Posix.Unlink(path))
            {
                case 0:
                    Posix.Sync(Path.GetDirectoryName(path)!);
                    return true;
                case Posix.NoEntry:
                    folder.Require();
                    return false;
                case var error:
                    throw Posix.Failure(error, "remove a file");
            }
        }
    }

    public Task<DirectUpload?> CreateUploadAsync(
        string key, string contentType, long? length, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        BlobKeys.Require(key);
        return Task.FromResult<DirectUpload?>(null);
    }

    public Uri GetUri(string key) => _addresses.Of(key);

    public bool TryGetKey(Uri address, out string key) => _addresses.TryGetKey(address, out key);

    public Task PingAsync(CancellationToken cancellationToken) => calls.RunAsync("ping", folder.Require, cancellationToken);

    private string PathOf(string key) => Path.Join(folder.Blobs, BlobPath.Of(key));

    private UnfinishedFile NewFile(string contentType)
    {
        folder.Require();
        return new UnfinishedFile(folder, contentType);
    }

    /// <summary>Reads from a file; null when it does not exist. Checks then that the store itself is available.</summary>
    private T? IfThere<T>(Func<T> read)
        where T : class
    {
        folder.Know();

        try
        {
            return read();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            folder.Require();
            return null;
        }
    }

    private static BlobProperties Properties(FileInfo file)
    {
        Span<byte> type = stackalloc byte[256];
        var length = Posix.GetAttribute(file.FullName, UnfinishedFile.TypeAttribute, type);

        return new BlobProperties(
            file.Length,
            length > 0 ? Encoding.UTF8.GetString(type[..length]) : "application/octet-stream",
            file.LastWriteTimeUtc);
    }

    private async Task DiscardAsync(UnfinishedFile? file)
    {
        try
        {
            if (file is { Ended: false })
            {
                await calls.RunAsync("discard", file.Dispose, CancellationToken.None);
            }
        }
        catch (BlobStoreUnavailableException)
        {
            // Removed later with the other unfinished files.
        }
    }
}
