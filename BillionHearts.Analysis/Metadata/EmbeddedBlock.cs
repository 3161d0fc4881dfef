using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Finds the first metadata block of a kind. The result is empty when there is none, or when the file is damaged before it.</summary>
internal static class EmbeddedBlock
{
    /// <param name="signature">What the segment starts with. It is not part of the result.</param>
    public static ReadOnlySpan<byte> InJpeg(ReadOnlySpan<byte> file, ReadOnlySpan<byte> signature)
    {
        var segments = new JpegSegments(file);
        while (segments.MoveNext() && segments is { IsWhole: true, Marker: not JpegMarker.StartOfScan })
        {
            if (segments.Marker is JpegMarker.App1 && segments.Content.StartsWith(signature))
            {
                return segments.Content[signature.Length..];
            }
        }

        return default;
    }

    /// <param name="beginning">What the content starts with. It is part of the result.</param>
    public static ReadOnlySpan<byte> InPng(ReadOnlySpan<byte> file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> beginning = default)
    {
        var chunks = new PngChunks(file);
        while (chunks.MoveNext() && chunks.IsWhole)
        {
            if (chunks.Is(type) && chunks.Content.StartsWith(beginning))
            {
                return chunks.Content;
            }
        }

        return default;
    }

    public static ReadOnlySpan<byte> InWebp(ReadOnlySpan<byte> file, ReadOnlySpan<byte> type)
    {
        var chunks = new RiffChunks(file[WebpHeader.Bytes..]);
        while (chunks.MoveNext() && chunks.IsWhole)
        {
            if (chunks.Is(type))
            {
                return chunks.Content;
            }
        }

        return default;
    }
}
