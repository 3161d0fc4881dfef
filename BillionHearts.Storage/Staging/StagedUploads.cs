using System.Security.Cryptography;

namespace BillionHearts.Storage.Staging;

/// <summary>A stored part of an upload. The caller keeps it until the upload is committed.</summary>
public sealed record StagedPart(int Number, int Length, string Sha256);

/// <summary>
/// Uploads that arrive in parts, over minutes, at any replica. Each part is a blob of its own under the name of the upload,
/// on every store; a commit combines the parts into the final blob.
/// </summary>
/// <remarks>
/// The key of a part contains its number and its hash. The same part sent twice is one blob, and a late client with other
/// bytes never overwrites a part that was acknowledged. The caller keeps the list of an upload's parts; others are removed
/// by <see cref="DiscardAsync"/>.
/// </remarks>
public sealed class StagedUploads(IBlobStore store)
{
    private const int MaxNumber = 99_999;

    /// <summary>Stores a part. When this returns, it is as durable as any other blob.</summary>
    /// <param name="upload">The upload's name, from <see cref="BlobKeys.NewStaged"/>.</param>
    public async Task<StagedPart> StageAsync(string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, MaxNumber);
        var part = new StagedPart(number, content.Length, Convert.ToHexStringLower(SHA256.HashData(content.Span)));

        await store.WriteAsync(KeyOf(upload, part), content, "application/octet-stream", cancellationToken);
        return part;
    }

    /// <summary>Combines the parts, in order, into the blob of a key that must not exist yet. They stay until <see cref="DiscardAsync"/>.</summary>
    /// <exception cref="BlobExistsException">The key is taken; nothing was stored.</exception>
    /// <exception cref="StagedPartLostException">A part is missing or was changed; nothing was stored.</exception>
    public async Task CommitAsync(string upload, IReadOnlyList<StagedPart> parts, string key, string contentType, CancellationToken cancellationToken)
    {
        await using var content = new StagedContent(store, parts, part => KeyOf(upload, part));
        await store.CreateAsync(key, content, contentType, cancellationToken);
    }

    /// <summary>Removes every part of an upload. Calling it again is allowed.</summary>
    public async Task DiscardAsync(string upload, CancellationToken cancellationToken)
    {
        await foreach (var part in store.ListAsync($"{BlobKeys.Require(upload)}/", null, cancellationToken))
        {
            await store.DeleteAsync(part.Key, cancellationToken);
        }
    }

    private static string KeyOf(string upload, StagedPart part) => FormattableString.Invariant($"{upload}/{part.Number:D5}-{part.Sha256}");
}
