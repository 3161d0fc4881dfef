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
/// Writes and reads cursors, which are opaque to clients: microseconds since 1970(8) id(8) HMAC(16), in base64url. The HMAC also
/// covers the list, so that a cursor is valid only in the list that it comes from.
/// </summary>
internal sealed class PageCursors
{
    private const int PlaceLength = 16;
    private const int SealLength = 16;

    private static readonly long s_first = (DateTimeOffset.MinValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    private static readonly long s_last = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static readonly int s_textLength = Base64Url.GetEncodedLength(PlaceLength + SealLength);

    private readonly byte[] _key;

    /// <summary>All replicas have the same signing key, so they derive the same key here. A new signing key invalidates all issued cursors.</summary>
    public PageCursors(TokenKeys keys)
    {
        var secret = keys.Signing.ECDsa.ExportParameters(includePrivateParameters: true).D!;
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, outputLength: 32, salt: null, "billionhearts listing cursor"u8.ToArray());
        CryptographicOperations.ZeroMemory(secret);
    }

    /// <param name="list">Identifies the list: <see cref="ListingQuery.List"/>.</param>
    public string Write(PageCursor place, string list)
    {
        Span<byte> bytes = stackalloc byte[PlaceLength + SealLength];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (place.At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], place.Id);

        byte[] all = [.. bytes[..PlaceLength], .. Encoding.UTF8.GetBytes(list)];
        HMACSHA256.HashData(_key, all).AsSpan(0, SealLength).CopyTo(bytes[PlaceLength..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <param name="list">The same value that the cursor was written with.</param>
    public bool TryRead(string text, string list, [NotNullWhen(true)] out PageCursor? place)
    {
        Span<byte> bytes = stackalloc byte[PlaceLength + SealLength];
        place = null;

        // This overload returns a status. The others throw for some texts that are not base64url.
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

        // Compares the whole text, so that only one of the possible encodings of the same bytes is accepted.
        place = CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(Write(claimed, list).AsSpan()), MemoryMarshal.AsBytes(text.AsSpan())) ? claimed : null;
        return place is not null;
    }
}
