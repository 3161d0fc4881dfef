using System.Security.Cryptography;

namespace BillionHearts.Storage.Staging;

/// <summary>A part of an upload as it was stored: what is to be remembered of it until the upload is committed.</summary>
public sealed record StagedPart(int Number, int Length, string Sha256);

/// <summary>
/// Uploads that arrive in parts, over minutes, at any replica. A part is a blob of its own under the name of the upload,
/// the same on every store; a commit reads the parts into the blob they make.
/// </summary>
/// <remarks>
/// A part's key holds its number and its hash. The same part sent twice is one blob, and a sender that was thought dead
/// and comes back with other bytes writes beside the part that was acknowledged and never over it. Which parts an upload
/// has is for the caller to remember; what it does not list is removed by <see cref="DiscardAsync"/>.
/// </remarks>
public sealed class StagedUploads(IBlobStore store)
{
    private const int MaxNumber = 99_999;

    /// <summary>Stores a part; it is as durable as any blob of the store when this returns.</summary>
    /// <param name="upload">The upload's name, from <see cref="BlobKeys.NewStaged"/>.</param>
    public async Task<StagedPart> StageAsync(string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, MaxNumber);
        var part = new StagedPart(number, content.Length, Convert.ToHexStringLower(SHA256.HashData(content.Span)));

        await store.WriteAsync(KeyOf(upload, part), content, "application/octet-stream", cancellationToken);
        return part;
    }

    /// <summary>Makes the parts, one after the other, the blob of a key that must be free. They stay until <see cref="DiscardAsync"/>.</summary>
    /// <exception cref="BlobExistsException">The key is taken; nothing was changed.</exception>
    /// <exception cref="StagedPartLostException">A part is gone, or not what it was; nothing was changed.</exception>
    public async Task CommitAsync(string upload, IReadOnlyList<StagedPart> parts, string key, string contentType, CancellationToken cancellationToken)
    {
        await using var content = new StagedContent(store, parts, part => KeyOf(upload, part));
        await store.CreateAsync(key, content, contentType, cancellationToken);
    }

    /// <summary>Removes every part of an upload. Removing them again is no error.</summary>
    public async Task DiscardAsync(string upload, CancellationToken cancellationToken)
    {
        await foreach (var part in store.ListAsync($"{BlobKeys.Require(upload)}/", null, cancellationToken))
        {
            await store.DeleteAsync(part.Key, cancellationToken);
        }
    }

    private static string KeyOf(string upload, StagedPart part) => FormattableString.Invariant($"{upload}/{part.Number:D5}-{part.Sha256}");
}
