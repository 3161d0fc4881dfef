using System.Globalization;
using System.Security.Cryptography;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Primitives;

namespace BillionHearts.Api.Uploads.Digests;

/// <summary>
/// The hashes that a client announced for its bytes (RFC 9530). <c>Content-Digest</c> and <c>Repr-Digest</c> mean the same here, because
/// content is complete and has no content coding. Algorithms that are broken or unknown are ignored.
/// </summary>
internal sealed record ExpectedDigests(byte[]? Sha256, byte[]? Sha512)
{
    public static readonly ExpectedDigests None = new(null, null);

    private static readonly string[] s_fields = ["Content-Digest", "Repr-Digest"];

    public bool IsNone => Sha256 is null && Sha512 is null;

    public static Outcome<ExpectedDigests> Read(IHeaderDictionary headers) =>
        Read(name => headers.TryGetValue(name, out var values) ? values : StringValues.Empty);

    /// <summary>Reads them from the headers of one part of a form.</summary>
    public static Outcome<ExpectedDigests> Read(IDictionary<string, StringValues>? headers) =>
        Read(name => headers is not null && headers.TryGetValue(name, out var values) ? values : StringValues.Empty);

    /// <returns>What does not match, or <see langword="null"/>.</returns>
    /// <param name="sha512">Needed only if one is expected.</param>
    public Problem? Compare(byte[] sha256, byte[]? sha512) =>
        Mismatch("sha-256", Sha256, sha256) ?? Mismatch("sha-512", Sha512, sha512);

    private static Outcome<ExpectedDigests> Read(Func<string, StringValues> header)
    {
        var expected = None;

        foreach (var name in s_fields)
        {
            var values = header(name);

            if (values.Count is 0)
            {
                continue;
            }

            var digests = new Dictionary<string, byte[]>();

            if (!DigestField.TryRead(string.Join(", ", values!), digests, out var fault))
            {
                return Malformed(name, fault);
            }

            foreach (var (algorithm, length) in (ReadOnlySpan<(string, int)>)[("sha-256", SHA256.HashSizeInBytes), ("sha-512", SHA512.HashSizeInBytes)])
            {
                if (!digests.TryGetValue(algorithm, out var digest))
                {
                    continue;
                }

                if (digest.Length != length)
                {
                    return Malformed(name, string.Create(CultureInfo.InvariantCulture, $"has a {algorithm} digest of {digest.Length} bytes; it must have {length}"));
                }

                var earlier = algorithm is "sha-256" ? expected.Sha256 : expected.Sha512;

                if (earlier is not null && !earlier.AsSpan().SequenceEqual(digest))
                {
                    return Malformed(name, $"has a different {algorithm} digest than {s_fields[0]}");
                }

                expected = algorithm is "sha-256" ? expected with { Sha256 = digest } : expected with { Sha512 = digest };
            }
        }

        return expected;
    }

    private static Problem? Mismatch(string algorithm, byte[]? expected, byte[]? actual) =>
        expected is null || expected.AsSpan().SequenceEqual(actual)
            ? null
            : new Problem(
                400, "digest-mismatch", "Digest mismatch",
                $"The {algorithm} digest of the received bytes is :{Convert.ToBase64String(actual!)}:, but :{Convert.ToBase64String(expected)}: was announced. Nothing was stored. Send the bytes again.");

    private static Problem Malformed(string header, string fault) => new(
        400, "digest-malformed", "Malformed digest", $"The {header} header {fault}. Expected: sha-256=:<digest in base64>:.");
}
