using System.Buffers.Binary;

namespace BillionHearts.Api.Images.Headers;

/// <summary>
/// ITU-T T.81, annex B. Segments <c>FF marker length(2) …</c> follow one another up to the frame header:
/// <c>FF C0|C1|C2|… length(2) precision(1) height(2) width(2) components(1)</c>.
/// </summary>
internal static class JpegHeader
{
    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;

    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes is [0xFF, 0xD8, 0xFF, ..];

    public static HeaderScan Scan(ReadOnlySpan<byte> bytes)
    {
        var at = 2;

        while (at + 4 <= bytes.Length)
        {
            if (bytes[at] is not 0xFF)
            {
                return HeaderScan.Broken("a segment does not begin with a marker");
            }

            var marker = bytes[at + 1];

            if (marker is 0xFF)
            {
                at++; // Fill bytes may stand before any marker.
                continue;
            }

            if (marker is StartOfScan or EndOfImage)
            {
                return HeaderScan.Broken("the image data begins before its dimensions are given");
            }

            if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                at += 2; // These stand alone.
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);

            if (length < 2)
            {
                return HeaderScan.Broken("a segment has an impossible length");
            }

            if (IsFrame(marker))
            {
                return Frame(bytes[(at + 4)..], length);
            }

            at += 2 + length;
        }

        return HeaderScan.NeedMore;
    }

    // C4, C8 and CC are tables and reserved; the rest of C0 to CF begins a frame of some coding.
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static HeaderScan Frame(ReadOnlySpan<byte> frame, int length)
    {
        if (length < 8)
        {
            return HeaderScan.Broken("the frame header is too short");
        }

        return frame.Length < 6
            ? HeaderScan.NeedMore
            : HeaderScan.Found(BinaryPrimitives.ReadUInt16BigEndian(frame[3..]), BinaryPrimitives.ReadUInt16BigEndian(frame[1..]));
    }
}
