using System.Buffers.Binary;

namespace BillionHearts.Api.Images.Headers;

/// <summary>PNG (W3C): <c>89 "PNG" 0D 0A 1A 0A</c>, then at once <c>length(4)=13 "IHDR" width(4) height(4) …</c>.</summary>
internal static class PngHeader
{
    public static bool Matches(ReadOnlySpan<byte> bytes) =>
        bytes is [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..];

    public static HeaderScan Scan(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 24)
        {
            return HeaderScan.NeedMore;
        }

        return bytes[8..] is [0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R', ..]
            ? HeaderScan.Found(BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]))
            : HeaderScan.Broken("its first chunk is not IHDR");
    }
}
