using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>The formats that are accepted, told by what the bytes are and never by a name.</summary>
internal static class ImageFormats
{
    public const string Jpeg = "jpeg";
    public const string Png = "png";
    public const string Webp = "webp";
    public const string Gif = "gif";
    public const string Avif = "avif";

    /// <exception cref="UnusableImageException">It is none of them.</exception>
    public static string Detect(byte[] file) => Image.FindLoadBuffer(file) switch
    {
        "VipsForeignLoadJpegBuffer" => Jpeg,
        "VipsForeignLoadPngBuffer" => Png,
        "VipsForeignLoadWebpBuffer" => Webp,
        "VipsForeignLoadNsgifBuffer" => Gif,
        "VipsForeignLoadHeifBuffer" => Avif,
        _ => throw Unsupported(),
    };

    public static UnusableImageException Unsupported() =>
        new(FailureReason.Unsupported, "The file is not a JPEG, PNG, WebP, GIF or AVIF image.");
}
