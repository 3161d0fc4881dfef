using BillionHearts.Analysis.Imaging;
using CsCheck;
using NetVips;
using BT601 = BillionHearts.Analysis.Imaging.Luma;

namespace BillionHearts.Tests.Analysis;

public sealed class SharpnessTests
{
    private static readonly double[] s_weights = [77, 150, 29];

    // By hand: the Laplacian of a step from 0 to 255 is 0, 255, -255, 0 along the row; in a chequerboard it is ±4 × 255 everywhere.
    [Theory]
    [InlineData("flat", 6, 3, 0.0)]
    [InlineData("step", 6, 3, 2 * 255 * 255 / 4.0)]
    [InlineData("step", 6, 40, 2 * 255 * 255 / 4.0)]
    [InlineData("chequerboard", 4, 4, 1_040_400.0)]
    [InlineData("chequerboard", 42, 22, 1_040_400.0)]
    [InlineData("flat", 2, 40, null)]
    [InlineData("flat", 40, 2, null)]
    public void Sharpness_is_the_variance_of_the_Laplacian(string picture, int width, int height, double? expected)
    {
        using var pixels = Picture(picture, width, height);

        Assert.Equal(expected, Sharpness.Of(pixels));
    }

    [Theory]
    [InlineData(301, 203)]
    [InlineData(64, 48)]
    [InlineData(19, 5)]
    public void Sharpness_is_what_libvips_computes_with_the_same_kernel(int width, int height)
    {
        using var scene = TestImages.Scene(width, height, seed: 6);
        using var luma = Luma(scene);
        using var kernel = Image.NewFromArray(new[,] { { 0, 1, 0 }, { 1, -4, 1 }, { 0, 1, 0 } });
        using var edges = luma.Conv(kernel, precision: Enums.Precision.Float).ExtractArea(1, 1, width - 2, height - 2);
        var pixels = (width - 2.0) * (height - 2);
        using var memory = PixelMemory.From(scene);

        Assert.Equal(edges.Deviate() * edges.Deviate() * (pixels - 1) / pixels, Sharpness.Of(memory)!.Value, 0.02);
    }

    [Fact]
    public void A_blurred_picture_is_less_sharp()
    {
        using var scene = TestImages.Scene(400, 300, seed: 6);
        using var blurred = scene.Gaussblur(1.5);
        using var sharp = PixelMemory.From(scene);
        using var soft = PixelMemory.From(blurred);

        Assert.InRange(Sharpness.Of(soft)!.Value, 0, Sharpness.Of(sharp)!.Value / 10);
    }

    [Fact]
    public void Luma_is_the_same_in_steps_and_pixel_by_pixel()
    {
        Gen.Byte.Array[3, 200].Where(row => row.Length % 3 is 0).Sample(row =>
        {
            var lumas = new short[row.Length / 3];
            BT601.Of(row, 3, lumas);
            Assert.Equal(row.Chunk(3).Select(pixel => (short)BT601.Of(pixel[0], pixel[1], pixel[2])), lumas);
        });
    }

    /// <summary>Luma as libvips computes it, with the weights and the rounding that are used here.</summary>
    internal static Image Luma(Image scene)
    {
        var bands = scene.Linear(s_weights, [0, 0, 0]).Bandsplit();
        return ((bands[0] + bands[1] + bands[2] + 128) / 256).Floor();
    }

    private static PixelMemory Picture(string name, int width, int height)
    {
        var samples = Enumerable.Range(0, width * height).SelectMany(i => Enumerable.Repeat((byte)Shade(name, i % width, i / width, width), 3)).ToArray();
        using var image = Image.NewFromMemory(samples, width, height, 3, Enums.BandFormat.Uchar);
        return PixelMemory.From(image);
    }

    private static int Shade(string name, int x, int y, int width) => name switch
    {
        "step" => x < width / 2 ? 0 : 255,
        "chequerboard" => (x + y) % 2 * 255,
        _ => 90,
    };
}
