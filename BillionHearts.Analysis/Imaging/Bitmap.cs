using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>A small picture, four bytes a pixel: red, green, blue in sRGB, and alpha, not multiplied in.</summary>
internal sealed record Bitmap(int Width, int Height, byte[] Rgba)
{
    public static Bitmap From(Image image)
    {
        using var rgba = image.HasAlpha() ? image.Copy() : image.Bandjoin(255);
        return new Bitmap(rgba.Width, rgba.Height, rgba.WriteToMemory<byte>());
    }
}
