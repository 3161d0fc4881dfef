using System.Security.Cryptography;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>What the body of one request must hash to: <c>Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=</c>.</summary>
internal sealed class UploadChecksum : IDisposable
{
    public const string Algorithms = "sha256,sha1,md5";

    private readonly IncrementalHash _hash;
    private readonly byte[] _expected;

    private UploadChecksum(string algorithm, HashAlgorithmName name, byte[] expected)
    {
        (Algorithm, _expected) = (algorithm, expected);
        _hash = IncrementalHash.CreateHash(name);
    }

    public string Algorithm { get; }

    /// <param name="checksum"><see langword="null"/> when the header is not there.</param>
    public static Problem? Read(IHeaderDictionary headers, out UploadChecksum? checksum)
    {
        checksum = null;

        if (!headers.TryGetValue(Tus.Headers.Checksum, out var values))
        {
            return null;
        }

        if (values.ToString().Split(' ') is not [var algorithm, var text])
        {
            return TusProblems.Header(Tus.Headers.Checksum, "must be the name of an algorithm, a space and the checksum in base64");
        }

        var (name, length) = algorithm switch
        {
            "sha256" => (HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
            "sha1" => (HashAlgorithmName.SHA1, SHA1.HashSizeInBytes),
            "md5" => (HashAlgorithmName.MD5, MD5.HashSizeInBytes),
            _ => default,
        };

        if (length is 0)
        {
            return TusProblems.Algorithm(algorithm);
        }

        var expected = new byte[length];

        if (!Convert.TryFromBase64String(text, expected, out var written) || written != length)
        {
            return TusProblems.Header(Tus.Headers.Checksum, $"must carry the {length} bytes of a {algorithm} checksum in base64");
        }

        checksum = new UploadChecksum(algorithm, name, expected);

        return null;
    }

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Once, when the whole body has passed.</summary>
    public bool Matches() => _hash.GetHashAndReset().AsSpan().SequenceEqual(_expected);

    public void Dispose() => _hash.Dispose();
}
