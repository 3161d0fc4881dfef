using BillionHearts.Analysis.Imaging.Heic;
using BillionHearts.Analysis.Metadata;
using BillionHearts.Formats;
using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>Opens a file as a small, upright image in sRGB. libvips is lazy: the file is decoded line by line when the result is read.</summary>
internal static class ImageLoader
{
    // Only as an option in a string does this make ThumbnailBuffer strict; it ignores its argument (libvips 8.18).
    private const string Strict = "fail-on=truncated";

    // libjpeg can decode to these fractions of the size, and planes of HEVC are shrunk by them.
    private static readonly int[] s_shrinks = [8, 4, 2];

    /// <param name="width">Of the box, in pixels, after the orientation in EXIF is applied. Images are never enlarged.</param>
    /// <param name="isFit">Whether the image is fitted into the box; otherwise it fills the box and is cropped at the centre.</param>
    public static Image Open(byte[] file, ImageHeader header, int width, int height, bool isFit)
    {
        // Before XmpOrientation, which is applied to the small image only.
        var isTurned = header.IsTurned && header.XmpOrientation is Orientation.Upright;
        var (across, down) = isTurned ? (header.Height, header.Width) : (header.Width, header.Height);
        var scale = isFit ? Math.Max((double)across / width, (double)down / height) : Math.Min((double)across / width, (double)down / height);

        var crop = isFit ? (Enums.Interesting?)null : Enums.Interesting.Centre;

        // Without a profile the samples are sRGB already, and converting them would cost more than decoding them.
        var profile = header.HasProfile ? "srgb" : null;
        var shrink = header.Format is FormatName.Jpeg or FormatName.Heic ? Shrink(scale, Math.Min(across, down)) : 1;

        // Exactly the size that the whole image would have: shrunk, its sides are rounded.
        var (box, size) = isFit && shrink > 1 ? ((Width: Side(across / scale), Height: Side(down / scale)), Enums.Size.Force) : ((Width: width, Height: height), Enums.Size.Down);

        if (header.Format is FormatName.Heic)
        {
            using var heic = HeicFile.Open(file);
            return heic.Thumbnail(shrink, box.Width, box.Height, size, crop);
        }

        if (shrink is 1)
        {
            return Image.ThumbnailBuffer(file, width, optionString: $"[{Strict}]", height: height, size: Enums.Size.Down, crop: crop, outputProfile: profile);
        }

        using var lines = Image.NewFromBuffer(file, $"[{Strict},shrink={shrink}]", access: Enums.Access.Sequential);
        return lines.ThumbnailImage(box.Width, height: box.Height, size: size, crop: crop, outputProfile: profile);
    }

    /// <summary>
    /// The largest shrink that leaves enough pixels. ThumbnailBuffer would leave twice as many: a photo of 12 megapixels would be decoded in full for a
    /// side of 1280 pixels, which takes a third longer.
    /// </summary>
    private static int Shrink(double scale, int shorterSide) =>
        // A side must not shrink to nothing.
        s_shrinks.FirstOrDefault(shrink => shrink <= scale && shrink <= shorterSide, 1);

    private static int Side(double length) => Math.Max(1, (int)Math.Round(length));
}
