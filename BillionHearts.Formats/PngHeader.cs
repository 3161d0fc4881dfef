using System.Buffers.Binary;

namespace BillionHearts.Formats;

/// <summary>PNG (W3C): the signature, then at once <c>length(4)=13 "IHDR" width(4) height(4) …</c>.</summary>
public static class PngHeader
{
    private const int HeaderBytes = 13;
    private const int DimensionsEnd = 24;

    /// <summary>The first eight bytes of each PNG.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The file begins with the signature.</summary>
    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Signature);

    internal static HeaderScan Scan(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < DimensionsEnd)
        {
            return HeaderScan.NeedMore;
        }

        var chunks = new PngChunks(bytes);
        return chunks.MoveNext() && chunks.Is("IHDR"u8) && chunks.Length is HeaderBytes
            ? HeaderScan.Found(BinaryPrimitives.ReadUInt32BigEndian(chunks.Content), BinaryPrimitives.ReadUInt32BigEndian(chunks.Content[4..]))
            : HeaderScan.Broken("its first chunk is not a valid IHDR chunk");
    }
}
