namespace BillionHearts.Storage;

/// <summary>
/// Where the bytes of images are. Keys are paths made by <see cref="BlobKeys"/>; a key's content never changes once
/// created, renditions excepted, which analysis may make again.
/// </summary>
/// <remarks>
/// Every method throws <see cref="BlobStoreUnavailableException"/> when the store cannot be reached or answers with a
/// fault of its own, after the retries of the client within <see cref="BlobStoreOptions"/>.
/// </remarks>
public interface IBlobStore
{
    /// <summary>Stores the stream under a key that must be free. Reads it once, front to back, holding at most a few blocks of it.</summary>
    /// <exception cref="BlobExistsException">The key is taken; nothing was changed.</exception>
    Task CreateAsync(string key, Stream content, string contentType, CancellationToken cancellationToken);

    /// <summary>Stores the bytes, replacing what the key held.</summary>
    Task WriteAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken);

    /// <summary>Opens the bytes from <paramref name="offset"/> on, or <see langword="null"/> when the key holds nothing.</summary>
    /// <param name="length">How many bytes at most; to the end when <see langword="null"/>.</param>
    Task<Stream?> OpenReadAsync(string key, long offset, long? length, CancellationToken cancellationToken);

    /// <summary>What is known of a blob without reading it, or <see langword="null"/> when the key holds nothing.</summary>
    Task<BlobProperties?> GetPropertiesAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// The blobs whose keys begin with <paramref name="prefix"/> and come after <paramref name="after"/>, in the ordinal order of their keys. What is
    /// stored or removed meanwhile may be in it or not; a listing that cannot be finished throws and never ends early.
    /// </summary>
    IAsyncEnumerable<ListedBlob> ListAsync(string prefix, string? after, CancellationToken cancellationToken);

    /// <summary>Removes the key. Removing what is not there is no error: the answer is <see langword="false"/>.</summary>
    Task<bool> DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Lets someone without a key to the store put one blob there, until <paramref name="expiresAt"/>; <see langword="null"/> from a store that only
    /// processes of ours can reach. What arrives is to be checked: a store holds the sender to less than is asked here.
    /// </summary>
    /// <param name="length">The exact length in bytes where it is known; held to by S3, and by no other store.</param>
    Task<DirectUpload?> CreateUploadAsync(string key, string contentType, long? length, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>The address of a key, as work messages carry it.</summary>
    Uri GetUri(string key);

    /// <summary>The key of an address that <see cref="GetUri"/> made, also by an instance of the store at another port; false for any other address.</summary>
    bool TryGetKey(Uri address, out string key);

    /// <summary>Asks the store for its container. For health checks.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}
