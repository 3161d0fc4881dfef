using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Tests.Analysis;

public sealed class ThumbHashTests
{
    // Made with evanw's own package, thumbhash 0.1.1, from the same pixels.
    [Theory]
    [InlineData("opaque", "mvgNHZhgdodwiIiGiGeIh/WkD/eH")]
    [InlineData("portrait", "18cNHRZhdnCIaIhoiId3iPmlL/eI")]
    [InlineData("square", "JJkKbxpwd3eAiHiIiHiHd4d3R/eHj4gH")]
    [InlineData("alpha", "IViGG4w3s4ewiIezsDj7hHB3d4iIiIg=")]
    [InlineData("tall with alpha", "lriJIRApcmBYd3dwbfkoaXh4j4eHiIg=")]
    [InlineData("transparent", "AAiCBQAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("one pixel", "VIoon14I9wiIh4hwj3CI+AiIgIAI94cP")]
    [InlineData("wide", "3Yg5OaiIiIiIiAh4iIgAiNc=")]
    public void A_hash_is_the_one_that_the_original_implementation_makes(string picture, string expected)
    {
        Assert.Equal(expected, Convert.ToBase64String(ThumbHash.Encode(Picture(picture))));
    }

    [Theory]
    [InlineData("opaque")]
    [InlineData("portrait")]
    [InlineData("square")]
    [InlineData("alpha")]
    [InlineData("tall with alpha")]
    [InlineData("wide")]
    public void The_mean_colour_comes_back_out_of_a_hash(string name)
    {
        var picture = Picture(name);

        var (red, green, blue, alpha) = MeanOf(ThumbHash.Encode(picture));
        var expected = MeanOf(picture);

        Assert.Equal(expected.Red, red, 0.03);
        Assert.Equal(expected.Green, green, 0.03);
        Assert.Equal(expected.Blue, blue, 0.03);
        Assert.Equal(expected.Alpha, alpha, 0.04);
    }

    [Fact]
    public void A_picture_above_the_size_of_the_format_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ThumbHash.Encode(new Bitmap(101, 1, new byte[404])));
    }

    private static Bitmap Picture(string name) => name switch
    {
        "opaque" => Pixels(32, 24, (x, y) => (x * 7, y * 10, x * y, 255)),
        "portrait" => Pixels(24, 32, (x, y) => (x * 7, y * 7, x * y, 255)),
        "square" => Pixels(16, 16, (x, y) => (200, x * 16, y * 16, 255)),
        "alpha" => Pixels(40, 20, (x, y) => (x * 6, y * 12, 128, x * 6)),
        "tall with alpha" => Pixels(10, 100, (x, y) => (y * 2, x * 25, y * 2, 255 - y * 2)),
        "transparent" => Pixels(8, 8, (_, _) => (0, 0, 0, 0)),
        "one pixel" => Pixels(1, 1, (_, _) => (10, 200, 30, 255)),
        "wide" => Pixels(100, 1, (x, _) => (x * 2, 255 - x * 2, 99, 255)),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static Bitmap Pixels(int width, int height, Func<int, int, (int R, int G, int B, int A)> color) => new(
        width,
        height,
        [.. from y in Enumerable.Range(0, height)
            from x in Enumerable.Range(0, width)
            let c = color(x, y)
            from value in new[] { c.R, c.G, c.B, c.A }
            select (byte)value]);

    private static (double Red, double Green, double Blue, double Alpha) MeanOf(Bitmap picture)
    {
        var pixels = picture.Rgba.Chunk(4).ToArray();
        var alpha = pixels.Sum(p => p[3] / 255.0);
        return (Mean(0), Mean(1), Mean(2), alpha / pixels.Length);

        double Mean(int band) => pixels.Sum(p => p[band] / 255.0 * p[3] / 255.0) / alpha;
    }

    // The decoder's published first step: the means of the three channels, and back to red, green and blue.
    private static (double Red, double Green, double Blue, double Alpha) MeanOf(byte[] hash)
    {
        var header = hash[0] | hash[1] << 8 | hash[2] << 16;
        var l = (header & 63) / 63.0;
        var p = (header >> 6 & 63) / 31.5 - 1;
        var q = (header >> 12 & 63) / 31.5 - 1;
        var blue = l - 2.0 / 3 * p;
        var red = (3 * l - blue + q) / 2;
        return (red, red - q, blue, header >> 23 is 1 ? (hash[5] & 15) / 15.0 : 1);
    }
}
