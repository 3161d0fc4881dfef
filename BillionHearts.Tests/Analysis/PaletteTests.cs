using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using CsCheck;

namespace BillionHearts.Tests.Analysis;

public sealed class PaletteTests
{
    [Fact]
    public void A_palette_has_each_colour_with_its_share()
    {
        var palette = Of((255, 0, 0, 255, 30), (0, 192, 0, 255, 50), (0, 0, 255, 255, 20));

        Assert.Equal([new PaletteColor("#00c000", 0.5), new PaletteColor("#ff0000", 0.3), new PaletteColor("#0000ff", 0.2)], palette.Colors);
    }

    [Fact]
    public void Colours_that_cannot_be_told_apart_are_one_and_the_dominant_one_is_first()
    {
        var palette = Of((255, 0, 0, 255, 40), (0, 0, 250, 255, 35), (0, 0, 252, 255, 25));

        Assert.Equal("#ff0000", palette.Dominant);
        Assert.Equal([new PaletteColor("#ff0000", 0.4), new PaletteColor("#0000fa", 0.6)], palette.Colors);
    }

    [Fact]
    public void Colours_of_less_than_a_hundredth_are_left_out()
    {
        Assert.Equal([new PaletteColor("#ffffff", 0.991)], Of((255, 255, 255, 255, 991), (0, 0, 0, 255, 9)).Colors);
    }

    [Fact]
    public void Transparent_pixels_have_no_share()
    {
        Assert.Equal([new PaletteColor("#102030", 1)], Of((255, 0, 0, 0, 90), (16, 32, 48, 255, 10)).Colors);
        Assert.Empty(Of((255, 0, 0, 0, 16)).Colors);
    }

    [Fact]
    public void A_palette_has_at_most_six_colours_and_the_dominant_one_first()
    {
        Gen.Byte.Array[4, 400].Where(bytes => bytes.Length % 4 is 0).Sample(rgba =>
        {
            var palette = Palette.Of(new Bitmap(rgba.Length / 4, 1, rgba));
            Assert.InRange(palette.Colors.Count, rgba.Where((_, i) => i % 4 is 3).Any(alpha => alpha >= 128) ? 1 : 0, 6);
            Assert.True(palette.Colors.Count is 0 || palette.Colors[0].Color == palette.Dominant);
            Assert.InRange(palette.Colors.Sum(color => color.Share), palette.Colors.Count is 0 ? 0 : 0.94, 1.001);
        });
    }

    private static Palette Of(params (byte R, byte G, byte B, byte A, int Pixels)[] parts) => Palette.Of(DominantColorTests.Picture(parts));
}
