using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace BillionHearts.Api.Listing;

/// <summary>
/// The place after the last image of a page, opaque to clients: order(1) microseconds since 1970(8) id(8), in base64url.
/// Not signed, because whatever somebody makes of it is a place in the list of the same user.
/// </summary>
internal sealed record PageCursor(bool IsOldestFirst, DateTimeOffset UploadDate, long Id)
{
    private const int Length = 17;

    public static bool TryParse(string text, [NotNullWhen(true)] out PageCursor? cursor)
    {
        Span<byte> bytes = stackalloc byte[Length];
        cursor = null;

        // 17 bytes are 23 characters. The overload with a status, because the others throw for some texts that are no base64url.
        if (text.Length is not 23
            || Base64Url.DecodeFromChars(text, bytes, out _, out var written) is not OperationStatus.Done
            || written is not Length
            || bytes[0] > 1)
        {
            return false;
        }

        var microseconds = BinaryPrimitives.ReadInt64BigEndian(bytes[1..]);
        var id = BinaryPrimitives.ReadInt64BigEndian(bytes[9..]);

        if (microseconds < 0 || microseconds > (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond || id < 0)
        {
            return false;
        }

        cursor = new PageCursor(bytes[0] is 1, DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond), id);
        return true;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = IsOldestFirst ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], (UploadDate - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        BinaryPrimitives.WriteInt64BigEndian(bytes[9..], Id);
        return Base64Url.EncodeToString(bytes);
    }
}
