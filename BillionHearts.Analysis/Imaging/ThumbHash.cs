namespace BillionHearts.Analysis.Imaging;

/// <summary>
/// ThumbHash, a placeholder of about 25 bytes (evanw/thumbhash): the lowest frequencies of luminance, two colour differences
/// and alpha, four bits each.
/// </summary>
/// <remarks>
/// <code>
/// bits  0-5 L mean · 6-11 P mean · 12-17 Q mean · 18-22 L scale · 23 has alpha
///       24-26 L terms of the shorter side · 27-32 P scale · 33-38 Q scale · 39 is landscape
///       [40-43 A mean · 44-47 A scale] · four bits for each term of L, P, Q [and A]
/// </code>
/// </remarks>
internal static class ThumbHash
{
    /// <summary>The format is made for pictures of at most this many pixels a side.</summary>
    public const int MaxSide = 100;

    public static byte[] Encode(Bitmap bitmap)
    {
        var (width, height) = (bitmap.Width, bitmap.Height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(width, height), MaxSide);

        var planes = Planes.Of(bitmap);
        var limit = planes.HasAlpha ? 5 : 7;
        var (lx, ly) = (Terms(limit, width, height), Terms(limit, height, width));
        var l = Channel.Encode(planes.L, width, height, Math.Max(3, lx), Math.Max(3, ly));
        var p = Channel.Encode(planes.P, width, height, 3, 3);
        var q = Channel.Encode(planes.Q, width, height, 3, 3);
        var isLandscape = width > height;

        var low = Round(63 * l.Mean) | Round(31.5 + 31.5 * p.Mean) << 6 | Round(31.5 + 31.5 * q.Mean) << 12
            | Round(31 * l.Scale) << 18 | (planes.HasAlpha ? 1 << 23 : 0);
        var high = (isLandscape ? ly : lx) | Round(63 * p.Scale) << 3 | Round(63 * q.Scale) << 9 | (isLandscape ? 1 << 15 : 0);
        List<byte> hash = [(byte)low, (byte)(low >> 8), (byte)(low >> 16), (byte)high, (byte)(high >> 8)];
        List<Channel> channels = [l, p, q];

        if (planes.HasAlpha)
        {
            var a = Channel.Encode(planes.A, width, height, 5, 5);
            hash.Add((byte)(Round(15 * a.Mean) | Round(15 * a.Scale) << 4));
            channels.Add(a);
        }

        Pack(hash, [.. channels.SelectMany(channel => channel.Terms)]);
        return [.. hash];
    }

    private static void Pack(List<byte> hash, double[] terms)
    {
        for (var i = 0; i < terms.Length; i += 2)
        {
            var second = i + 1 < terms.Length ? Round(15 * terms[i + 1]) : 0;
            hash.Add((byte)(Round(15 * terms[i]) | second << 4));
        }
    }

    private static int Terms(int limit, int side, int otherSide) => Math.Max(1, Round((double)limit * side / Math.Max(side, otherSide)));

    // Halves go up, as JavaScript rounds: .NET's rounding to even would give other hashes than everyone else's.
    private static int Round(double value) => (int)Math.Floor(value + 0.5);

    /// <summary>Luminance, yellow minus blue, red minus green, and alpha; what is transparent shows the mean colour.</summary>
    private sealed record Planes(double[] L, double[] P, double[] Q, double[] A, bool HasAlpha)
    {
        public static Planes Of(Bitmap bitmap)
        {
            var rgba = bitmap.Rgba;
            var pixels = bitmap.Width * bitmap.Height;
            var (r, g, b, a) = Mean(rgba);
            var planes = new Planes(new double[pixels], new double[pixels], new double[pixels], new double[pixels], a < pixels);

            for (int i = 0, j = 0; i < pixels; i++, j += 4)
            {
                var alpha = rgba[j + 3] / 255.0;
                var red = r * (1 - alpha) + alpha / 255 * rgba[j];
                var green = g * (1 - alpha) + alpha / 255 * rgba[j + 1];
                var blue = b * (1 - alpha) + alpha / 255 * rgba[j + 2];
                planes.L[i] = (red + green + blue) / 3;
                planes.P[i] = (red + green) / 2 - blue;
                planes.Q[i] = red - green;
                planes.A[i] = alpha;
            }

            return planes;
        }

        private static (double R, double G, double B, double A) Mean(byte[] rgba)
        {
            var (r, g, b, a) = (0.0, 0.0, 0.0, 0.0);
            for (var j = 0; j < rgba.Length; j += 4)
            {
                var alpha = rgba[j + 3] / 255.0;
                r += alpha / 255 * rgba[j];
                g += alpha / 255 * rgba[j + 1];
                b += alpha / 255 * rgba[j + 2];
                a += alpha;
            }

            return a > 0 ? (r / a, g / a, b / a, a) : (r, g, b, a);
        }
    }

    /// <summary>The terms of a plane's cosine transform in one corner, each from 0 to 1 around the scale.</summary>
    private sealed record Channel(double Mean, double Scale, IReadOnlyList<double> Terms)
    {
        public static Channel Encode(double[] plane, int width, int height, int nx, int ny)
        {
            var (mean, scale) = (0.0, 0.0);
            List<double> terms = [];

            for (var cy = 0; cy < ny; cy++)
            {
                for (var cx = 0; cx * ny < nx * (ny - cy); cx++)
                {
                    var term = Term(plane, width, height, cx, cy);
                    if (cx is 0 && cy is 0)
                    {
                        mean = term;
                        continue;
                    }

                    terms.Add(term);
                    scale = Math.Max(scale, Math.Abs(term));
                }
            }

            return new Channel(mean, scale, scale > 0 ? [.. terms.Select(term => 0.5 + 0.5 / scale * term)] : terms);
        }

        private static double Term(double[] plane, int width, int height, int cx, int cy)
        {
            var sum = 0.0;
            Span<double> fx = stackalloc double[MaxSide];
            for (var x = 0; x < width; x++)
            {
                fx[x] = Math.Cos(Math.PI / width * cx * (x + 0.5));
            }

            for (var y = 0; y < height; y++)
            {
                var fy = Math.Cos(Math.PI / height * cy * (y + 0.5));
                for (var x = 0; x < width; x++)
                {
                    sum += plane[x + y * width] * fx[x] * fy;
                }
            }

            return sum / (width * height);
        }
    }
}
