using System.Buffers.Binary;

namespace BillionHearts.Api.Images.Headers;

/// <summary>GIF87a and GIF89a: the signature, then the logical screen's <c>width(2) height(2)</c>, little-endian.</summary>
internal static class GifHeader
{
    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8);

    public static HeaderScan Scan(ReadOnlySpan<byte> bytes) => bytes.Length < 13
        ? HeaderScan.NeedMore
        : HeaderScan.Found(BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]));
}
