using System.Security.Cryptography;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.Storage;

namespace BillionHearts.Api.Uploads.Digests;

/// <summary>A body that is hashed while it is read, if the client announced a digest of the whole body.</summary>
internal sealed class DigestingStream(Stream body, ExpectedDigests expected) : ForwardStream
{
    private const int DrainSize = 4096;

    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash? _sha512 = expected.Sha512 is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA512);

    public static DigestingStream Open(Stream body, ExpectedDigests expected) => new(body, expected);

    /// <summary>Reads the rest and compares the digests.</summary>
    public async Task<Problem?> EndAsync(CancellationToken cancellationToken)
    {
        if (expected.IsNone)
        {
            return null;
        }

        var rest = new byte[DrainSize];

        while (await ReadAsync(rest, cancellationToken) > 0)
        {
        }

        return expected.Compare(_sha256.GetHashAndReset(), _sha512?.GetHashAndReset());
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);

        if (!expected.IsNone)
        {
            _sha256.AppendData(buffer.Span[..read]);
            _sha512?.AppendData(buffer.Span[..read]);
        }
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
}
