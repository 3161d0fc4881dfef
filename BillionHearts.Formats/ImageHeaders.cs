namespace BillionHearts.Formats;

/// <summary>Recognizes an image by its first bytes and reads its dimensions, without decoding a pixel. Allocates nothing.</summary>
public static class ImageHeaders
{
    /// <summary>The fewest bytes that tell all formats apart; the shortest image is longer.</summary>
    public const int SignatureLength = 16;

    /// <summary>The format, or <see langword="null"/> when it is not an accepted one.</summary>
    public static FileType? Identify(ReadOnlySpan<byte> bytes) => bytes switch
    {
        _ when JpegHeader.Matches(bytes) => FileType.Jpeg,
        _ when PngHeader.Matches(bytes) => FileType.Png,
        _ when WebpHeader.Matches(bytes) => FileType.Webp,
        _ when GifHeader.Matches(bytes) => FileType.Gif,
        _ when AvifHeader.Matches(bytes) => FileType.Avif,
        _ when HeicHeader.Matches(bytes) => FileType.Heic,
        _ => null,
    };

    /// <summary>Reads the dimensions from the beginning of a file that <see cref="Identify"/> recognized.</summary>
    public static HeaderScan Scan(FileType type, ReadOnlySpan<byte> bytes) => type.Name switch
    {
        FormatName.Jpeg => JpegHeader.Scan(bytes),
        FormatName.Png => PngHeader.Scan(bytes),
        FormatName.Webp => WebpHeader.Scan(bytes),
        FormatName.Gif => GifHeader.Scan(bytes),
        FormatName.Heic => HeicHeader.Scan(bytes),
        _ => AvifHeader.Scan(bytes),
    };

    /// <summary>What a file that is not accepted seems to be, so that its sender sees which file was chosen by mistake.</summary>
    public static string? Guess(ReadOnlySpan<byte> bytes) => bytes switch
    {
        _ when bytes.StartsWith("%PDF"u8) => "a PDF document",
        _ when bytes.StartsWith("BM"u8) => "a BMP image",
        _ when bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) => "a TIFF image or a camera's raw file",
        _ when bytes.StartsWith("FUJIFILMCCD-RAW"u8) || bytes.StartsWith("IIU\0"u8) || bytes.StartsWith("IIRO"u8) || bytes.StartsWith("IIRS"u8) => "a camera's raw file",
        _ when bytes.Length >= 12 && bytes[4..12].SequenceEqual("ftypcrx "u8) => "a camera's raw file",
        _ when bytes.StartsWith("PK"u8) => "a ZIP archive or office document",
        _ when bytes.StartsWith("<svg"u8) || bytes.StartsWith("<?xml"u8) => "an SVG or XML document",
        _ when bytes.StartsWith("<!"u8) || bytes.StartsWith("<html"u8) => "an HTML document",
        _ when bytes.Length >= 12 && bytes[4..8].SequenceEqual("ftyp"u8) => "a video or audio file",
        _ => null,
    };
}
