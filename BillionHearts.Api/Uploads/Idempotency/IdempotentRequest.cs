using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BillionHearts.Api.Uploads.Idempotency;

/// <summary>A request with a key, its user, and a hash of what it asks for.</summary>
/// <param name="Fingerprint">See <see cref="Hash"/>.</param>
internal sealed record IdempotentRequest(long UserId, IdempotencyKey Key, byte[] Fingerprint)
{
    /// <summary>
    /// SHA-256 over the content of a request, not over its encoding: the same fields in another order, or a form with another
    /// boundary, are the same request.
    /// </summary>
    public static byte[] Hash(params ReadOnlySpan<object?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];

        foreach (var part in parts)
        {
            var bytes = part as byte[] ?? Encoding.UTF8.GetBytes(FormattableString.Invariant($"{part}"));
            // The length before each part distinguishes "ab", "c" from "a", "bc".
            BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
