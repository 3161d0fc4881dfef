using System.Globalization;

namespace BillionHearts.Analysis.Imaging;

/// <summary>
/// The 64-bit DCT hash of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), as used by pHash:
/// the 8 × 8 lowest frequencies of a 32 × 32 grey image, without the zeroth, one bit each: above the median or not.
/// Two images look alike when few bits differ.
/// </summary>
internal static class PerceptualHash
{
    public const int Side = 32;

    private const int Frequencies = 8;

    // The coefficients of a flat image are rounding errors. As zeros they give the same bits every time.
    private const double Noise = 1;

    private static readonly double[,] s_cosines = Cosines();

    /// <param name="bitmap">The image, resized to <see cref="Side"/> × <see cref="Side"/>.</param>
    /// <returns>16 lower-case hex digits.</returns>
    public static string Of(Bitmap bitmap)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((bitmap.Width, bitmap.Height), (Side, Side));

        var coefficients = Transform(Grey(bitmap));
        var sorted = coefficients.Order().ToArray();
        var median = (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;

        var hash = coefficients.Aggregate(0UL, (bits, coefficient) => bits << 1 | (coefficient > median ? 1UL : 0UL));
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>Rec. 601 luma, over white where the image is transparent.</summary>
    private static double[] Grey(Bitmap bitmap)
    {
        var rgba = bitmap.Rgba;
        var grey = new double[Side * Side];

        for (int i = 0, j = 0; i < grey.Length; i++, j += 4)
        {
            var luma = 0.299 * rgba[j] + 0.587 * rgba[j + 1] + 0.114 * rgba[j + 2];
            grey[i] = 255 + (luma - 255) * rgba[j + 3] / 255;
        }

        return grey;
    }

    private static double[] Transform(double[] grey)
    {
        var rows = new double[Side, Frequencies];
        for (var y = 0; y < Side; y++)
        {
            for (var u = 0; u < Frequencies; u++)
            {
                for (var x = 0; x < Side; x++)
                {
                    rows[y, u] += grey[y * Side + x] * s_cosines[u, x];
                }
            }
        }

        var coefficients = new double[Frequencies * Frequencies];
        for (var i = 0; i < coefficients.Length; i++)
        {
            for (var y = 0; y < Side; y++)
            {
                coefficients[i] += rows[y, i % Frequencies] * s_cosines[i / Frequencies, y];
            }

            coefficients[i] = Math.Abs(coefficients[i]) < Noise ? 0 : coefficients[i];
        }

        return coefficients;
    }

    private static double[,] Cosines()
    {
        var cosines = new double[Frequencies, Side];
        for (var u = 0; u < Frequencies; u++)
        {
            for (var x = 0; x < Side; x++)
            {
                cosines[u, x] = Math.Sqrt(2.0 / Side) * Math.Cos(Math.PI / Side * (u + 1) * (x + 0.5));
            }
        }

        return cosines;
    }
}
