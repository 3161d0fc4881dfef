using BillionHearts.Formats;
using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>Decides by the bytes of a file, never by a name, whether it may reach a decoder.</summary>
internal static class ImageFormats
{
    /// <returns>One of <see cref="FormatName"/>.</returns>
    /// <exception cref="UnusableImageException">It is none of them.</exception>
    public static string Detect(byte[] file) => HeicHeader.Matches(file) ? FormatName.Heic : Image.FindLoadBuffer(file) switch
    {
        "VipsForeignLoadJpegBuffer" => FormatName.Jpeg,
        "VipsForeignLoadPngBuffer" => FormatName.Png,
        "VipsForeignLoadWebpBuffer" => FormatName.Webp,
        "VipsForeignLoadNsgifBuffer" => FormatName.Gif,
        "VipsForeignLoadHeifBuffer" when AvifHeader.Matches(file) => FormatName.Avif,
        _ => throw Unsupported(),
    };

    public static UnusableImageException Unsupported() =>
        new(FailureReason.Unsupported, "The file is not a JPEG, PNG, WebP, GIF, AVIF or HEIC image.");
}
