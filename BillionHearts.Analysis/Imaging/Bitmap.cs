using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>A small image with four bytes per pixel: red, green and blue in sRGB, and alpha, not premultiplied.</summary>
internal sealed record Bitmap(int Width, int Height, byte[] Rgba)
{
    public static Bitmap From(Image image)
    {
        using var rgba = image.HasAlpha() ? image.Copy() : image.Bandjoin(255);
        return new Bitmap(rgba.Width, rgba.Height, rgba.WriteToMemory<byte>());
    }
}
