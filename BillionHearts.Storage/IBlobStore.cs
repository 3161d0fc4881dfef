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

    /// <summary>Removes the key. Removing what is not there is no error: the answer is <see langword="false"/>.</summary>
    Task<bool> DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>The address of a key, as work messages carry it.</summary>
    Uri GetUri(string key);

    /// <summary>The key of an address that <see cref="GetUri"/> made, also by an instance of the store at another port; false for any other address.</summary>
    bool TryGetKey(Uri address, out string key);

    /// <summary>Asks the store for its container. For health checks.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}
