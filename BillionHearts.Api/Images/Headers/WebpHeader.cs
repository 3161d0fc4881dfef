using System.Buffers.Binary;

namespace BillionHearts.Api.Images.Headers;

/// <summary>
/// RFC 9649. <c>"RIFF" size(4) "WEBP"</c>, then a first chunk <c>fourcc(4) size(4) …</c> of one of three kinds:
/// <c>"VP8 "</c> tag(3) 9D 01 2A width(14 bits of 2) height(14 of 2); <c>"VP8L"</c> 2F width-1(14 bits) height-1(14 bits);
/// <c>"VP8X"</c> flags(4) canvas width-1(3) height-1(3). All little-endian.
/// </summary>
internal static class WebpHeader
{
    public static bool Matches(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..12].SequenceEqual("WEBP"u8);

    public static HeaderScan Scan(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 30)
        {
            // A whole lossless picture may be shorter than the header of the other two kinds.
            return bytes.Length >= 25 && bytes[12..16].SequenceEqual("VP8L"u8) ? Lossless(bytes[20..]) : HeaderScan.NeedMore;
        }

        var body = bytes[20..];
        return bytes[12..16] switch
        {
            var kind when kind.SequenceEqual("VP8 "u8) => Lossy(body),
            var kind when kind.SequenceEqual("VP8L"u8) => Lossless(body),
            var kind when kind.SequenceEqual("VP8X"u8) => Extended(body),
            _ => HeaderScan.Broken("its first chunk is none of VP8, VP8L and VP8X"),
        };
    }

    private static HeaderScan Lossy(ReadOnlySpan<byte> body) => body[3..] is [0x9D, 0x01, 0x2A, ..]
        ? HeaderScan.Found(BinaryPrimitives.ReadUInt16LittleEndian(body[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(body[8..]) & 0x3FFF)
        : HeaderScan.Broken("its first frame has no start code");

    private static HeaderScan Lossless(ReadOnlySpan<byte> body)
    {
        if (body[0] is not 0x2F)
        {
            return HeaderScan.Broken("its lossless data has no signature");
        }

        var bits = BinaryPrimitives.ReadUInt32LittleEndian(body[1..]);
        return HeaderScan.Found((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1);
    }

    private static HeaderScan Extended(ReadOnlySpan<byte> body) => HeaderScan.Found(UInt24(body[4..]) + 1, UInt24(body[7..]) + 1);

    private static long UInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
