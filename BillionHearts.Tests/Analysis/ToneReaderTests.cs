using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;

namespace BillionHearts.Tests.Analysis;

public sealed class ToneReaderTests
{
    [Fact]
    public void Tone_is_the_mean_the_clipped_shares_and_the_standard_deviation_of_luma()
    {
        // By hand: mean 511 / 4 = 127.75; variance (255² + 2 × 128²) / 4 − 127.75² = 8128.19, its root 90.16; each of 255.
        Assert.Equal(new Tone(0.501, 0.25, 0.25, 0.3536), ToneReader.Of(Greys(0, 255, 128, 128)));
        Assert.Equal(new Tone(0.5, 0.5, 0.5, 0.5), ToneReader.Of(Greys(0, 255)));
        Assert.Equal(new Tone(0.2, 0, 0, 0), ToneReader.Of(Greys(51)));
    }

    [Fact]
    public void Pixels_count_as_clipped_within_five_steps_of_black_and_white()
    {
        var tone = ToneReader.Of(Greys(5, 6, 249, 250));

        Assert.Equal((0.25, 0.25), (tone.Shadows, tone.Highlights));
    }

    [Fact]
    public void What_is_transparent_is_seen_on_white()
    {
        Assert.Equal(new Tone(1, 0, 1, 0), ToneReader.Of(new Bitmap(2, 1, [0, 0, 0, 0, 90, 10, 5, 0])));
    }

    [Fact]
    public void Mean_and_contrast_are_those_that_libvips_computes()
    {
        using var scene = TestImages.Scene(320, 213, seed: 4);
        using var luma = SharpnessTests.Luma(scene);
        using var pixels = PixelMemory.From(scene);
        var tone = ToneReader.Of(Bitmap.From(pixels));

        Assert.Equal(luma.Avg() / 255, tone.MeanLuma, 0.0001);
        Assert.Equal(luma.Deviate() / 255, tone.Contrast, 0.0001);
    }

    private static Bitmap Greys(params byte[] greys) => new(greys.Length, 1, [.. greys.SelectMany(grey => new byte[] { grey, grey, grey, 255 })]);
}
