using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Finds the XMP packet of a file: an XML document (ISO 16684-1; part 3 of Adobe's specification defines where each format stores it).</summary>
internal static class XmpBlock
{
    private const byte WebpHasXmp = 0x04;

    private static ReadOnlySpan<byte> JpegSignature => "http://ns.adobe.com/xap/1.0/\0"u8;

    private static ReadOnlySpan<byte> PngKeyword => "XML:com.adobe.xmp\0"u8;

    /// <returns>Empty when there is none, or when the file is damaged before it. GIF, AVIF and HEIC are not searched: their orientation is not in metadata.</returns>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> file) => file switch
    {
        _ when JpegHeader.Matches(file) => EmbeddedBlock.InJpeg(file, JpegSignature),
        _ when PngHeader.Matches(file) => InPng(file),
        _ when WebpHeader.Matches(file) => InWebp(file),
        _ => default,
    };

    // keyword · 0 · 0 for "not compressed" · 0 · language · 0 · translated keyword · 0 · packet
    private static ReadOnlySpan<byte> InPng(ReadOnlySpan<byte> file)
    {
        var text = EmbeddedBlock.InPng(file, "iTXt"u8, PngKeyword);
        if (text.IsEmpty || text[PngKeyword.Length..] is not [0, 0, .. var rest])
        {
            return default;
        }

        rest = rest[(rest.IndexOf((byte)0) + 1)..];
        return rest[(rest.IndexOf((byte)0) + 1)..];
    }

    // The first chunk is VP8X, and its flags must announce the packet.
    private static ReadOnlySpan<byte> InWebp(ReadOnlySpan<byte> file)
    {
        var chunks = new RiffChunks(file[WebpHeader.Bytes..]);
        return chunks.MoveNext() && chunks.Is("VP8X"u8) && chunks.Content is [var flags, ..] && (flags & WebpHasXmp) is not 0
            ? EmbeddedBlock.InWebp(file, "XMP "u8)
            : default;
    }
}
