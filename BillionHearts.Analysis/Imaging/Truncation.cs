using BillionHearts.Formats;

namespace BillionHearts.Analysis.Imaging;

/// <summary>
/// Tells whether a file was cut off or is otherwise damaged, by reading its structure to the end: decoders report both in
/// the same way. Used only after a decoder has refused the file.
/// </summary>
internal static class Truncation
{
    public static bool IsIn(byte[] file, string format) => format switch
    {
        FormatName.Jpeg => Jpeg(file),
        FormatName.Png => Png(file),
        FormatName.Webp => file.Length < WebpHeader.Bytes || WebpHeader.FileLength(file) > file.Length,
        FormatName.Gif => Gif(file),
        _ => Avif(file),
    };

    private static bool Jpeg(ReadOnlySpan<byte> file)
    {
        var segments = new JpegSegments(file);
        while (segments.MoveNext() && segments is { IsWhole: true, Skipped: 0 })
        {
            if (segments.Marker is JpegMarker.StartOfScan)
            {
                // Damaged pixels can look like segments of any length; only the end itself is searched for.
                return segments.Rest.IndexOf((ReadOnlySpan<byte>)[0xFF, JpegMarker.EndOfImage]) < 0;
            }
        }

        return segments is { IsMalformed: false, Skipped: 0, Marker: not JpegMarker.EndOfImage };
    }

    private static bool Png(ReadOnlySpan<byte> file)
    {
        var chunks = new PngChunks(file);
        while (chunks.MoveNext() && chunks.IsWhole)
        {
            if (chunks.Is("IEND"u8))
            {
                return false;
            }
        }

        return !chunks.IsMalformed;
    }

    private static bool Gif(ReadOnlySpan<byte> file)
    {
        var blocks = new GifBlocks(file);
        while (blocks.MoveNext() && blocks.IsWhole)
        {
            if (blocks.Kind is GifBlocks.Trailer)
            {
                return false;
            }
        }

        return !blocks.IsMalformed;
    }

    private static bool Avif(ReadOnlySpan<byte> file)
    {
        var boxes = new IsoBoxes(file);
        while (boxes.MoveNext())
        {
            if (boxes.Current.IsOpen)
            {
                return false;
            }
        }

        return boxes is { IsMalformed: false, IsAtEnd: false };
    }
}
