using System.Buffers.Binary;
using System.IO.Compression;
using NetVips;

namespace BillionHearts.Tests.Analysis.Decoding;

/// <summary>Small files that take a decoder long, or much memory.</summary>
internal static class SlowImages
{
    public const int LargeSide = 7000;

    /// <summary>Needed to let <see cref="ManyPixels"/> pass.</summary>
    public const int MaxPixels = Side * Side;

    private const int Side = 16_000;
    private const int PixelBytes = 8; // Four samples of 16 bits.

    private static readonly Lazy<byte[]> s_manyPixels = new(MakeManyPixels);
    private static readonly Lazy<byte[]> s_large = new(() =>
    {
        using var black = Image.Black(LargeSide, LargeSide, bands: 4);
        return black.PngsaveBuffer(compression: 1, interlace: true);
    });

    /// <summary>A PNG of 256 megapixels that is decoded line by line: little memory, many seconds of processor time.</summary>
    public static byte[] ManyPixels => s_manyPixels.Value;

    /// <summary>An interlaced PNG that takes 196 MB when decoded.</summary>
    public static byte[] Large => s_large.Value;

    /// <summary>All bytes are 0, so the compressed form of one line, ended on a byte, can be repeated.</summary>
    private static byte[] MakeManyPixels()
    {
        const int Line = 1 + (Side * PixelBytes);
        var line = Flushed(Line);
        byte[] emptyLastBlock = [0x03, 0x00];
        var checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, ((uint)((long)Line * Side % 65_521) << 16) | 1);
        byte[] data = [0x78, 0x01, .. Enumerable.Repeat(line, Side).SelectMany(bytes => bytes), .. emptyLastBlock, .. checksum];

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Side);
        (header[8], header[9]) = (16, 6);

        return [0x89, .. "PNG\r\n\u001a\n"u8, .. HeaderOnlyImages.Chunk("IHDR"u8, header), .. HeaderOnlyImages.Chunk("IDAT"u8, data), .. HeaderOnlyImages.Chunk("IEND"u8, [])];
    }

    private static byte[] Flushed(int zeros)
    {
        using var compressed = new MemoryStream();
        using var deflate = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true);
        deflate.Write(new byte[zeros]);
        deflate.Flush();

        return compressed.ToArray();
    }
}
