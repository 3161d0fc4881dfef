using System.Buffers;
using System.Security.Cryptography;
using BillionHearts.Storage;

namespace BillionHearts.Api.Uploads.Receipts;

/// <summary>Reads a whole blob back, with one buffer of it in memory.</summary>
internal static class StoredBytes
{
    private const int BufferSize = 128 * 1024;

    /// <returns>The SHA-256 of the bytes in the store, or <see langword="null"/> if there is no such blob.</returns>
    public static async Task<byte[]?> HashAsync(this IBlobStore blobs, string key, CancellationToken cancellationToken)
    {
        await using var stream = await blobs.OpenReadAsync(key, offset: 0, length: null, cancellationToken);

        if (stream is null)
        {
            return null;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);

        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                hash.AppendData(buffer.AsSpan(0, read));
            }

            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
