using BillionHearts.Analysis.Imaging;
using CsCheck;

namespace BillionHearts.Tests.Analysis;

public sealed class DominantColorTests
{
    [Fact]
    public void The_dominant_colour_of_a_plain_picture_is_its_colour()
    {
        Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte).Sample((red, green, blue) =>
            Dominant(Picture((red, green, blue, 255, 16))) == $"#{red:x2}{green:x2}{blue:x2}");
    }

    [Fact]
    public void The_dominant_colour_is_the_most_frequent_one_and_not_a_mixture()
    {
        Assert.Equal("#00c000", Dominant(Picture((255, 0, 0, 255, 30), (0, 192, 0, 255, 40), (0, 0, 255, 255, 30))));
    }

    [Fact]
    public void Transparent_pixels_do_not_count_for_the_dominant_colour()
    {
        Assert.Equal("#102030", Dominant(Picture((255, 0, 0, 0, 90), (16, 32, 48, 255, 10))));
    }

    [Fact]
    public void The_dominant_colour_of_a_fully_transparent_picture_is_white()
    {
        Assert.Equal("#ffffff", Dominant(Picture((255, 0, 0, 0, 16))));
    }

    private static string Dominant(Bitmap picture) => Palette.Of(picture).Dominant;

    internal static Bitmap Picture(params (byte R, byte G, byte B, byte A, int Pixels)[] parts)
    {
        var rgba = parts.SelectMany(part => Enumerable.Repeat(new[] { part.R, part.G, part.B, part.A }, part.Pixels)).SelectMany(pixel => pixel).ToArray();
        return new Bitmap(rgba.Length / 4, 1, rgba);
    }
}
