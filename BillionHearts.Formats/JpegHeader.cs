using System.Buffers.Binary;

namespace BillionHearts.Formats;

/// <summary>
/// Finds the frame header of a JPEG (ITU-T T.81, B.2.2), which comes before the first scan:
/// <c>FF C0|C1|C2|… length(2) precision(1) height(2) width(2) components(1)</c>.
/// </summary>
public static class JpegHeader
{
    private const int FrameBytes = 6;

    /// <summary>The file begins with a start of image and another marker.</summary>
    public static bool Matches(ReadOnlySpan<byte> bytes) => bytes is [0xFF, JpegMarker.StartOfImage, 0xFF, ..];

    internal static HeaderScan Scan(ReadOnlySpan<byte> bytes)
    {
        var segments = new JpegSegments(bytes);

        while (segments.MoveNext() && segments.Skipped is 0)
        {
            if (JpegMarker.IsFrame(segments.Marker))
            {
                return Frame(segments.Content, segments.IsWhole);
            }

            if (segments.Marker is JpegMarker.StartOfScan or JpegMarker.EndOfImage)
            {
                return HeaderScan.Broken("its image data starts before a frame header has given the dimensions");
            }
        }

        // Decoders skip such bytes; in a header they are a sign of damage.
        return segments switch
        {
            { Skipped: > 0 } => HeaderScan.Broken("a segment does not start with a marker"),
            { IsMalformed: true } => HeaderScan.Broken("a segment has an invalid length"),
            _ => HeaderScan.NeedMore,
        };
    }

    /// <summary>How the pixels are compressed: the marker of the frame header (SOF), and the bits of a sample. Nothing when there is no frame header.</summary>
    public static (byte Marker, byte Bits)? FrameOf(ReadOnlySpan<byte> file)
    {
        var segments = new JpegSegments(file);

        while (segments.MoveNext() && segments.Marker is not JpegMarker.StartOfScan)
        {
            if (JpegMarker.IsFrame(segments.Marker))
            {
                return segments.Content is [var bits, ..] ? (segments.Marker, bits) : null;
            }
        }

        return null;
    }

    private static HeaderScan Frame(ReadOnlySpan<byte> frame, bool isWhole)
    {
        if (frame.Length >= FrameBytes)
        {
            return HeaderScan.Found(BinaryPrimitives.ReadUInt16BigEndian(frame[3..]), BinaryPrimitives.ReadUInt16BigEndian(frame[1..]));
        }

        return isWhole ? HeaderScan.Broken("its frame header is too short") : HeaderScan.NeedMore;
    }
}
