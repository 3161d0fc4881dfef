using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// Copies a picture without what tells where, when, by whom or with what it was taken. The compressed pixels are copied bit
/// by bit, and so is what changes how they are shown: colours, transparency, animation and orientation. Every format has a
/// list of what may stay; whatever is not on it goes, and a file that cannot be followed to its end is refused.
/// </summary>
internal static class MetadataScrubber
{
    /// <summary>The most that a copy is longer than its original: the orientation, when it was written more briefly than here.</summary>
    public const int MaxGrowth = 64;

    /// <param name="format">One of <see cref="ImageFormats"/>, as <see cref="ImageFormats.Detect"/> told it.</param>
    /// <exception cref="UnusableImageException">The file is damaged or cut off.</exception>
    public static byte[] Scrub(byte[] file, string format) => format switch
    {
        FormatName.Jpeg => JpegScrubber.Scrub(file),
        FormatName.Png => PngScrubber.Scrub(file),
        FormatName.Webp => WebpScrubber.Scrub(file),
        FormatName.Gif => GifScrubber.Scrub(file),
        FormatName.Avif => AvifScrubber.Scrub(file),
        _ => throw ImageFormats.Unsupported(),
    };
}
