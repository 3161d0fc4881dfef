using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// Removes metadata from an image: where, when, by whom and with what it was taken. The compressed pixels stay the same bit
/// for bit, and so does what changes how they are shown: colours, transparency, animation and orientation. Each format has an
/// allow-list; everything else is removed. A file whose structure cannot be read to the end is refused.
/// </summary>
internal static class MetadataScrubber
{
    /// <summary>How many bytes longer than its original a file can become: its orientation may take less room than the EXIF block written here.</summary>
    public const int MaxGrowth = 64;

    /// <param name="format">One of <see cref="FormatName"/>, from <see cref="ImageFormats.Detect"/>.</param>
    /// <exception cref="UnusableImageException">The file is damaged or cut off.</exception>
    public static byte[] Scrub(byte[] file, string format) => format switch
    {
        FormatName.Jpeg => JpegScrubber.Scrub(file),
        FormatName.Png => PngScrubber.Scrub(file),
        FormatName.Webp => WebpScrubber.Scrub(file),
        FormatName.Gif => GifScrubber.Scrub(file),
        FormatName.Avif or FormatName.Heic => HeifScrubber.Scrub(file),
        _ => throw ImageFormats.Unsupported(),
    };
}
