using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Tests.Analysis;

public sealed class DifferenceHashTests
{
    // By hand: one bit for each pixel and its right neighbour, 1 where the right one is brighter; the first row is the first byte.
    [Theory]
    [InlineData("brighter to the right", "ffffffffffffffff")]
    [InlineData("darker to the right", "0000000000000000")]
    [InlineData("flat", "0000000000000000")]
    [InlineData("stripes", "aaaaaaaaaaaaaaaa")]
    [InlineData("first row", "ff00000000000000")]
    [InlineData("last pixel", "0000000000000001")]
    public void A_hash_has_a_bit_for_each_pixel_that_is_followed_by_a_brighter_one(string picture, string expected)
    {
        Assert.Equal(expected, DifferenceHash.Of(Grey(picture, scale: 1)));
        Assert.Equal(expected, DifferenceHash.Of(Grey(picture, scale: 4)));
    }

    [Fact]
    public void A_hash_sees_brightness_as_BT_601_weighs_the_colours()
    {
        // Red 76, green 149, blue 28: up, down, up, down …
        byte[][] colors = [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]];
        var row = Enumerable.Range(0, 9).SelectMany(x => colors[x % 3]);

        Assert.Equal(string.Concat(Enumerable.Repeat("b6", 8)), DifferenceHash.Of(new Bitmap(9, 8, [.. Enumerable.Repeat(row, 8).SelectMany(pixel => pixel)])));
    }

    private static Bitmap Grey(string picture, int scale) => new(
        9 * scale,
        8 * scale,
        [.. from y in Enumerable.Range(0, 8 * scale)
            from x in Enumerable.Range(0, 9 * scale)
            let shade = (byte)Shade(picture, x / scale, y / scale)
            from value in new[] { shade, shade, shade, (byte)255 }
            select value]);

    private static int Shade(string picture, int x, int y) => picture switch
    {
        "brighter to the right" => x * 20,
        "darker to the right" => 200 - x * 20,
        "flat" => 77,
        "stripes" => x % 2 * 100,
        "first row" => y is 0 ? x * 20 : 50,
        "last pixel" => (x, y) is (8, 7) ? 90 : 50,
        _ => throw new ArgumentOutOfRangeException(nameof(picture)),
    };
}
