using BillionHearts.Analysis.Imaging;
using CsCheck;

namespace BillionHearts.Tests.Analysis;

public sealed class DominantColorTests
{
    [Fact]
    public void Any_single_colour_is_its_own()
    {
        Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte).Sample((red, green, blue) =>
            DominantColor.Of(Picture((red, green, blue, 255, 16))) == $"#{red:x2}{green:x2}{blue:x2}");
    }

    [Fact]
    public void Of_several_colours_it_is_the_one_with_the_most_pixels_and_not_a_mixture()
    {
        Assert.Equal("#00c000", DominantColor.Of(Picture((255, 0, 0, 255, 30), (0, 192, 0, 255, 40), (0, 0, 255, 255, 30))));
    }

    [Fact]
    public void What_is_transparent_does_not_count()
    {
        Assert.Equal("#102030", DominantColor.Of(Picture((255, 0, 0, 0, 90), (16, 32, 48, 255, 10))));
    }

    [Fact]
    public void A_picture_that_shows_nothing_is_white()
    {
        Assert.Equal("#ffffff", DominantColor.Of(Picture((255, 0, 0, 0, 16))));
    }

    private static Bitmap Picture(params (byte R, byte G, byte B, byte A, int Pixels)[] parts)
    {
        var rgba = parts.SelectMany(part => Enumerable.Repeat(new[] { part.R, part.G, part.B, part.A }, part.Pixels)).SelectMany(pixel => pixel).ToArray();
        return new Bitmap(rgba.Length / 4, 1, rgba);
    }
}
