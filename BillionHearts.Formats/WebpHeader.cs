using System.Buffers.Binary;

namespace BillionHearts.Formats;

/// <summary>
/// RFC 9649. <c>"RIFF" length(4) "WEBP"</c>, then a first chunk of one of three types:
/// <c>"VP8 "</c> tag(3) 9D 01 2A width(14 bits of 2) height(14 of 2); <c>"VP8L"</c> 2F width-1(14 bits) height-1(14 bits);
/// <c>"VP8X"</c> flags(4) canvas width-1(3) height-1(3). All little-endian.
/// </summary>
public static class WebpHeader
{
    /// <summary>Length of the file header, which the first chunk follows.</summary>
    public const int Bytes = 12;

    private const int UncountedBytes = 8; // "RIFF" and the length

    /// <summary>The file is a RIFF file with WebP in it.</summary>
    public static bool Matches(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= Bytes && bytes.StartsWith("RIFF"u8) && bytes[8..Bytes].SequenceEqual("WEBP"u8);

    /// <summary>How long the file should be, according to its header.</summary>
    /// <param name="bytes">At least as many as the header has.</param>
    public static long FileLength(ReadOnlySpan<byte> bytes) => UncountedBytes + (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);

    /// <summary>Writes the length of a file into its header.</summary>
    public static void WriteFileLength(Span<byte> file) => BinaryPrimitives.WriteInt32LittleEndian(file[4..], file.Length - UncountedBytes);

    internal static HeaderScan Scan(ReadOnlySpan<byte> bytes)
    {
        var chunks = new RiffChunks(bytes[Math.Min(Bytes, bytes.Length)..]);

        if (!chunks.MoveNext())
        {
            return HeaderScan.NeedMore;
        }

        var content = chunks.Content;
        return chunks.Type switch
        {
            var type when type.SequenceEqual("VP8 "u8) => content.Length < 10 ? Short(chunks.IsWhole) : Lossy(content),
            var type when type.SequenceEqual("VP8L"u8) => content.Length < 5 ? Short(chunks.IsWhole) : Lossless(content),
            var type when type.SequenceEqual("VP8X"u8) => content.Length < 10 ? Short(chunks.IsWhole) : Extended(content),
            _ => HeaderScan.Broken("its first chunk is not VP8, VP8L or VP8X"),
        };
    }

    private static HeaderScan Short(bool isWhole) => isWhole ? HeaderScan.Broken("its first chunk is too short") : HeaderScan.NeedMore;

    private static HeaderScan Lossy(ReadOnlySpan<byte> content) => content[3..] is [0x9D, 0x01, 0x2A, ..]
        ? HeaderScan.Found(BinaryPrimitives.ReadUInt16LittleEndian(content[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(content[8..]) & 0x3FFF)
        : HeaderScan.Broken("its first frame has no VP8 start code");

    private static HeaderScan Lossless(ReadOnlySpan<byte> content)
    {
        if (content[0] is not 0x2F)
        {
            return HeaderScan.Broken("its lossless image data has no VP8L signature");
        }

        var bits = BinaryPrimitives.ReadUInt32LittleEndian(content[1..]);
        return HeaderScan.Found((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1);
    }

    private static HeaderScan Extended(ReadOnlySpan<byte> content) => HeaderScan.Found(UInt24(content[4..]) + 1, UInt24(content[7..]) + 1);

    private static long UInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
