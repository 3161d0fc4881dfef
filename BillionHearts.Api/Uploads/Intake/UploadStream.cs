using System.Security.Cryptography;
using BillionHearts.Storage;

namespace BillionHearts.Api.Uploads.Intake;

/// <summary>The content of an upload on its way to the blob store: first the header that was read, then the rest. Counts, hashes and limits it.</summary>
/// <param name="withSha512">Whether to compute SHA-512 as well as SHA-256. It halves the speed, so only on request.</param>
internal sealed class UploadStream(ReadOnlyMemory<byte> prefix, Stream rest, long maxLength, bool withSha512) : ForwardStream
{
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash? _sha512 = withSha512 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA512) : null;
    private ReadOnlyMemory<byte> _prefix = prefix;

    public long BytesRead { get; private set; }

    /// <summary>Ends the hash; call it after the last read.</summary>
    public byte[] GetSha256() => _sha256.GetHashAndReset();

    /// <returns><see langword="null"/> if it was not requested.</returns>
    public byte[]? GetSha512() => _sha512?.GetHashAndReset();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = TakePrefix(buffer);

        if (read is 0)
        {
            read = await rest.ReadAsync(buffer, cancellationToken);
        }

        BytesRead += read;

        if (BytesRead > maxLength)
        {
            throw new UploadTooLargeException();
        }

        _sha256.AppendData(buffer.Span[..read]);
        _sha512?.AppendData(buffer.Span[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _sha256.Dispose();
            _sha512?.Dispose();
        }

        base.Dispose(disposing);
    }

    private int TakePrefix(Memory<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _prefix.Length);
        _prefix[..count].CopyTo(buffer);
        _prefix = _prefix[count..];
        return count;
    }
}

/// <summary>Stops the store while it reads an <see cref="UploadStream"/>; the stream has no other way to stop it.</summary>
internal sealed class UploadTooLargeException() : Exception("The upload is larger than its limit.");
