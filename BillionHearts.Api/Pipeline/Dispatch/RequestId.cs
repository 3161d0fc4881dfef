using System.Buffers.Binary;

namespace BillionHearts.Api.Pipeline.Dispatch;

/// <summary>The id of an analysis request is a UUID of version 7, which begins with the time of its creation (RFC 9562, 5.7).</summary>
internal static class RequestId
{
    private const int Uuid7 = 7;

    /// <returns>In milliseconds; <see langword="null"/> if the id is of another version.</returns>
    public static DateTimeOffset? CreatedAt(Guid id)
    {
        if (id.Version is not Uuid7)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16));
    }
}
