using System.Security.Cryptography;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>The expected checksum of the body of one request: <c>Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=</c>.</summary>
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

    /// <param name="checksum"><see langword="null"/> if the header is missing.</param>
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

    /// <summary>Call it once, after the whole body.</summary>
    public bool Matches() => _hash.GetHashAndReset().AsSpan().SequenceEqual(_expected);

    public void Dispose() => _hash.Dispose();
}
