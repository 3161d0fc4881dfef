namespace BillionHearts.Storage;

/// <summary>
/// Stores the bytes of images. Keys are paths made by <see cref="BlobKeys"/>. The content of a key never changes, except
/// that of renditions, which analysis may replace.
/// </summary>
/// <remarks>
/// Every method throws <see cref="BlobStoreUnavailableException"/> when the store cannot be reached or has an
/// internal error, after the retries that are configured in <see cref="BlobStoreOptions"/>.
/// </remarks>
public interface IBlobStore
{
    /// <summary>Stores a stream under a key that must not exist yet. Reads it once, from start to end, with at most a few blocks in memory.</summary>
    /// <exception cref="BlobExistsException">The key is taken; nothing was changed.</exception>
    Task CreateAsync(string key, Stream content, string contentType, CancellationToken cancellationToken);

    /// <summary>Stores the bytes, replacing an existing blob.</summary>
    Task WriteAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken);

    /// <summary>Opens the bytes from <paramref name="offset"/> on, or <see langword="null"/> when there is no blob.</summary>
    /// <param name="length">How many bytes at most; to the end when <see langword="null"/>.</param>
    Task<Stream?> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken);

    /// <summary>The properties of a blob, or <see langword="null"/> when there is none.</summary>
    Task<BlobProperties?> GetPropertiesAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// The blobs whose keys start with <paramref name="prefix"/> and come after <paramref name="after"/>, in ordinal order of their keys. Blobs that are
    /// stored or removed meanwhile may be included or not. A listing that cannot be completed throws; it never ends early.
    /// </summary>
    IAsyncEnumerable<ListedBlob> ListAsync(string prefix, string? after, CancellationToken cancellationToken);

    /// <summary>Removes a blob. Returns <see langword="false"/> when there is none.</summary>
    Task<bool> DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Creates a request with which a client can store one blob directly, until <paramref name="expiresAt"/>; <see langword="null"/> when only our own
    /// processes can reach the store. Check the blob afterwards: not every store enforces all conditions.
    /// </summary>
    /// <param name="length">The exact length in bytes where it is known. Only S3 enforces it.</param>
    Task<DirectUpload?> CreateUploadAsync(string key, string contentType, long? length, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>The address of a key, as used in messages.</summary>
    Uri GetUri(string key);

    /// <summary>The key of an address that <see cref="GetUri"/> made, even if the store had another port then; false for any other address.</summary>
    bool TryGetKey(Uri address, out string key);

    /// <summary>Checks that the store and its container can be reached. For health checks.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}
