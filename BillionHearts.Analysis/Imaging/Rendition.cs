using BillionHearts.Contracts;
using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>An image made from an original: smaller, upright and without metadata.</summary>
internal sealed record Rendition(string Name, string ContentType, int Width, int Height, byte[] Bytes)
{
    /// <summary>The square, in pixels, that a preview fits.</summary>
    public const int PreviewSide = 1280;

    /// <summary>The square, in pixels, that a thumb fits.</summary>
    public const int ThumbSide = 320;

    // 0 to 6. Each further step takes 50 % more time and saves a few bytes.
    private const int WebpEffort = 2;
    private const int ThumbEffort = 0;

    // 0 to 9. Kept low, because other images wait while AVIF is encoded.
    private const int AvifEffort = 3;

    // Qualities that look about the same in each format.
    private const int WebpQuality = 80;
    private const int JpegQuality = 82;
    private const int AvifQuality = 58;
    private const int PreviewQuality = 75;

    private static readonly double[] s_white = [255, 255, 255];

    /// <summary>How thumb and preview are made.</summary>
    public static AnalysisParameters Parameters(bool hasAlpha) => new(PreviewSide, hasAlpha ? WebpQuality : PreviewQuality, ThumbSide, WebpQuality);

    /// <summary>WebP, because a thumb is read more often than anything else, and its few pixels cost little.</summary>
    public static Rendition Thumb(Image image) =>
        Of(StoredRendition.Thumb, RenditionName.Webp, image, image.WebpsaveBuffer(q: WebpQuality, effort: ThumbEffort, keep: Enums.ForeignKeep.None));

    /// <summary>
    /// JPEG, which takes a fifth of the processor time of WebP at twice the bytes (ADR 16), without a second pass for its tables; WebP where the image has
    /// transparency.
    /// </summary>
    public static Rendition Preview(Image image) => image.HasAlpha()
        ? Encode(StoredRendition.Preview, image)
        : Of(StoredRendition.Preview, RenditionName.Jpeg, image, image.JpegsaveBuffer(q: PreviewQuality, keep: Enums.ForeignKeep.None));

    /// <param name="format">One of those that <see cref="RenditionName"/> names.</param>
    public static Rendition Encode(string name, Image image, string format = RenditionName.Webp) => Of(
        name,
        format,
        image,
        format switch
        {
            RenditionName.Jpeg => Jpeg(image),
            RenditionName.Avif => image.HeifsaveBuffer(
                q: AvifQuality, compression: Enums.ForeignHeifCompression.Av1, effort: AvifEffort, keep: Enums.ForeignKeep.None),
            _ => image.WebpsaveBuffer(q: WebpQuality, effort: WebpEffort, keep: Enums.ForeignKeep.None),
        });

    private static Rendition Of(string name, string format, Image image, byte[] bytes) => new(name, $"image/{format}", image.Width, image.Height, bytes);

    /// <summary>JPEG has no transparency: transparent pixels are put on white.</summary>
    private static byte[] Jpeg(Image image)
    {
        using var opaque = image.HasAlpha() ? image.Flatten(background: s_white) : image.Copy();
        return opaque.JpegsaveBuffer(q: JpegQuality, optimizeCoding: true, interlace: true, keep: Enums.ForeignKeep.None);
    }
}
