using BillionHearts.Contracts;
using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>A smaller copy of a picture, upright and with nothing in it but pixels.</summary>
internal sealed record Rendition(string Name, string ContentType, int Width, int Height, byte[] Bytes)
{
    // Of 0 to 6; each step above costs half as much again, for a few bytes less.
    private const int WebpEffort = 2;

    // Of 0 to 9; nobody waits for AVIF, and what waits behind it does.
    private const int AvifEffort = 3;

    // About the same to the eye in each format.
    private const int WebpQuality = 80;
    private const int JpegQuality = 82;
    private const int AvifQuality = 58;

    private static readonly double[] s_white = [255, 255, 255];

    /// <param name="format">One of those that <see cref="RenditionName"/> names.</param>
    public static Rendition Encode(string name, Image image, string format = RenditionName.Webp) => new(
        name,
        $"image/{format}",
        image.Width,
        image.Height,
        format switch
        {
            RenditionName.Jpeg => Jpeg(image),
            RenditionName.Avif => image.HeifsaveBuffer(
                q: AvifQuality, compression: Enums.ForeignHeifCompression.Av1, effort: AvifEffort, keep: Enums.ForeignKeep.None),
            _ => image.WebpsaveBuffer(q: WebpQuality, effort: WebpEffort, keep: Enums.ForeignKeep.None),
        });

    /// <summary>JPEG knows no transparency: what lets light through lies on white.</summary>
    private static byte[] Jpeg(Image image)
    {
        using var opaque = image.HasAlpha() ? image.Flatten(background: s_white) : image.Copy();
        return opaque.JpegsaveBuffer(q: JpegQuality, optimizeCoding: true, interlace: true, keep: Enums.ForeignKeep.None);
    }
}
