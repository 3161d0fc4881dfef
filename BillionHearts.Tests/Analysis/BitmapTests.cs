using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Tests.Analysis;

public sealed class BitmapTests
{
    [Fact]
    public void Each_pixel_of_a_smaller_bitmap_is_the_mean_of_the_area_that_it_covers()
    {
        var bitmap = new Bitmap(3, 2, [.. Grey(0), .. Grey(30), .. Grey(60), .. Grey(90), .. Grey(120), .. Grey(150)]);

        Assert.Equal([.. Grey(75)], bitmap.Shrink(1, 1).Rgba);
        // 1.5 columns each: (2 × (0 + 90) + (30 + 120)) / 6, and the same from the other side.
        Assert.Equal([.. Grey(55), .. Grey(95)], bitmap.Shrink(2, 1).Rgba);
        Assert.Equal(bitmap.Rgba, bitmap.Shrink(3, 2).Rgba);
    }

    [Fact]
    public void A_transparent_pixel_gives_nothing_of_its_colour()
    {
        var bitmap = new Bitmap(2, 1, [200, 100, 50, 255, 9, 9, 9, 0]);

        Assert.Equal([200, 100, 50, 128], bitmap.Shrink(1, 1).Rgba);
        Assert.Equal([0, 0, 0, 0], new Bitmap(2, 1, [7, 7, 7, 0, 9, 9, 9, 0]).Shrink(1, 1).Rgba);
    }

    [Theory]
    [InlineData(320, 240, 64, 48)]
    [InlineData(3, 400, 1, 64)]
    [InlineData(20, 10, 20, 10)]
    public void A_bitmap_is_fitted_into_a_square_and_never_enlarged(int width, int height, int fittedWidth, int fittedHeight)
    {
        var fitted = new Bitmap(width, height, [.. Enumerable.Repeat<byte>(77, width * height * 4)]).FitInto(64);

        Assert.Equal((fittedWidth, fittedHeight), (fitted.Width, fitted.Height));
        Assert.All(fitted.Rgba, sample => Assert.Equal(77, sample));
    }

    private static byte[] Grey(byte value) => [value, value, value, 255];
}
