using System.Buffers.Binary;

namespace BillionHearts.Formats;

/// <summary>GIF87a and GIF89a: the signature, then the logical screen's <c>width(2) height(2)</c>, little-endian.</summary>
public static class GifHeader
{
    /// <summary>Signature and screen.</summary>
    public const int Bytes = 13;

    /// <summary>The file begins with one of the two signatures.</summary>
    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8);

    internal static HeaderScan Scan(ReadOnlySpan<byte> bytes) => bytes.Length < Bytes
        ? HeaderScan.NeedMore
        : HeaderScan.Found(BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]));
}
