using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Imaging;

/// <summary>Measures brightness and contrast from the histogram of <see cref="Luma"/>.</summary>
internal static class ToneReader
{
    // Compression and averaging move clipped pixels a little away from 0 and 255: within 2 % they still look black and white.
    private const int DarkestShades = 6;
    private const int Shades = 256;
    private const int Digits = 4;

    public static Tone Of(Bitmap bitmap)
    {
        var counts = Histogram(bitmap);
        var pixels = (double)(bitmap.Width * bitmap.Height);
        var (sum, squares) = (0L, 0L);
        for (long shade = 0; shade < Shades; shade++)
        {
            sum += counts[shade] * shade;
            squares += counts[shade] * shade * shade;
        }

        var mean = sum / pixels;
        return new Tone(
            Share(mean / (Shades - 1)),
            Share(counts.Take(DarkestShades).Sum() / pixels),
            Share(counts.TakeLast(DarkestShades).Sum() / pixels),
            Share(Math.Sqrt(Math.Max(0, squares / pixels - mean * mean)) / (Shades - 1)));
    }

    private static int[] Histogram(Bitmap bitmap)
    {
        var counts = new int[Shades];
        var rgba = bitmap.Rgba.AsSpan();
        for (var j = 0; j < rgba.Length; j += 4)
        {
            counts[Luma.Of(rgba[j], rgba[j + 1], rgba[j + 2], rgba[j + 3])]++;
        }

        return counts;
    }

    private static double Share(double value) => Math.Round(value, Digits);
}
