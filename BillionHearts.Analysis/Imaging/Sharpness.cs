using System.Numerics;

namespace BillionHearts.Analysis.Imaging;

/// <summary>
/// The variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy: a comparative study", ICPR 2000) of
/// <see cref="Luma"/>: the difference of each pixel from its four neighbours. A blurred image has few and weak edges, and so a small variance.
/// </summary>
internal static class Sharpness
{
    private const int Digits = 2;

    /// <returns>0 to 1,040,400, the square of 4 × 255; null when no pixel has four neighbours.</returns>
    public static double? Of(PixelMemory pixels)
    {
        if (Math.Min(pixels.Width, pixels.Height) < 3)
        {
            return null;
        }

        var samples = new byte[pixels.Width * pixels.Bands];
        var (above, row, below) = (Row(pixels, 0, samples), Row(pixels, 1, samples), new short[pixels.Width]);
        var (sum, squares) = (0L, 0L);

        for (var y = 2; y < pixels.Height; y++)
        {
            Read(pixels, y, samples, below);
            Add(above, row, below, ref sum, ref squares);
            (above, row, below) = (row, below, above);
        }

        var count = (pixels.Width - 2.0) * (pixels.Height - 2.0);
        var mean = sum / count;
        return Math.Round(Math.Max(0, squares / count - mean * mean), Digits);
    }

    private static short[] Row(PixelMemory pixels, int y, byte[] samples)
    {
        var row = new short[pixels.Width];
        Read(pixels, y, samples, row);
        return row;
    }

    private static void Read(PixelMemory pixels, int y, byte[] samples, short[] lumas)
    {
        pixels.Read(y, samples);
        Luma.Of(samples, pixels.Bands, lumas);
    }

    private static void Add(ReadOnlySpan<short> above, ReadOnlySpan<short> row, ReadOnlySpan<short> below, ref long sum, ref long squares)
    {
        // A row of the preview is too short for these sums to overflow.
        var (sums, products) = (Vector<int>.Zero, Vector<int>.Zero);
        var x = 1;

        for (; x <= row.Length - 1 - Vector<short>.Count; x += Vector<short>.Count)
        {
            var edges = new Vector<short>(above[x..]) + new Vector<short>(below[x..]) + new Vector<short>(row[(x - 1)..]) + new Vector<short>(row[(x + 1)..])
                - (new Vector<short>(row[x..]) << 2);
            Vector.Widen(edges, out var low, out var high);
            sums += low + high;
            products += low * low + high * high;
        }

        sum += Vector.Sum(sums);
        squares += Vector.Sum(Vector.WidenLower(products) + Vector.WidenUpper(products));

        for (; x < row.Length - 1; x++)
        {
            long edge = above[x] + below[x] + row[x - 1] + row[x + 1] - 4 * row[x];
            sum += edge;
            squares += edge * edge;
        }
    }
}
