using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using BillionHearts.Api.Accounts.Access;

namespace BillionHearts.Api.Images.Listing;

/// <summary>
/// Cursors as clients see them, opaque and sealed: microseconds since 1970(8) id(8) seal(16), in base64url. The seal is over the
/// list as well, so that a cursor leads on in the list that it comes from and in no other.
/// </summary>
internal sealed class PageCursors
{
    private const int PlaceLength = 16;
    private const int SealLength = 16;

    private static readonly long s_first = (DateTimeOffset.MinValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    private static readonly long s_last = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static readonly int s_textLength = Base64Url.GetEncodedLength(PlaceLength + SealLength);

    private readonly byte[] _key;

    /// <summary>All replicas have the same signing key, and so the same key here. With another one cursors that are out are worth nothing.</summary>
    public PageCursors(TokenKeys keys)
    {
        var secret = keys.Signing.ECDsa.ExportParameters(includePrivateParameters: true).D!;
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, outputLength: 32, salt: null, "billionhearts listing cursor"u8.ToArray());
        CryptographicOperations.ZeroMemory(secret);
    }

    /// <param name="list">What tells this list from any other.</param>
    public string Write(PageCursor place, string list)
    {
        Span<byte> bytes = stackalloc byte[PlaceLength + SealLength];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (place.At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], place.Id);

        byte[] all = [.. bytes[..PlaceLength], .. Encoding.UTF8.GetBytes(list)];
        HMACSHA256.HashData(_key, all).AsSpan(0, SealLength).CopyTo(bytes[PlaceLength..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <param name="list">As it was written with.</param>
    public bool TryRead(string text, string list, [NotNullWhen(true)] out PageCursor? place)
    {
        Span<byte> bytes = stackalloc byte[PlaceLength + SealLength];
        place = null;

        // The overload with a status, because the others throw for some texts that are no base64url.
        if (text.Length != s_textLength || Base64Url.DecodeFromChars(text, bytes, out _, out var written) is not OperationStatus.Done || written != bytes.Length)
        {
            return false;
        }

        var microseconds = BinaryPrimitives.ReadInt64BigEndian(bytes);

        if (microseconds < s_first || microseconds > s_last)
        {
            return false;
        }

        var claimed = new PageCursor(DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond), BinaryPrimitives.ReadInt64BigEndian(bytes[8..]));

        // The whole text: of the ways to write the same bytes in base64, one is taken.
        place = CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(Write(claimed, list).AsSpan()), MemoryMarshal.AsBytes(text.AsSpan())) ? claimed : null;
        return place is not null;
    }
}
