namespace BillionHearts.Analysis.Imaging;

/// <summary>A small image with four bytes per pixel: red, green and blue in sRGB, and alpha, not premultiplied.</summary>
internal sealed record Bitmap(int Width, int Height, byte[] Rgba)
{
    private const int Bands = 4;

    /// <summary>Copied here and not by libvips, which takes a millisecond for it.</summary>
    public static Bitmap From(PixelMemory pixels)
    {
        var rgba = new byte[pixels.Width * pixels.Height * Bands];
        var row = new byte[pixels.Width * pixels.Bands];

        for (var y = 0; y < pixels.Height; y++)
        {
            pixels.Read(y, row);
            Copy(row, pixels.Bands, rgba.AsSpan(y * pixels.Width * Bands, pixels.Width * Bands));
        }

        return new Bitmap(pixels.Width, pixels.Height, rgba);
    }

    /// <summary>
    /// The mean of each area, to fit into a square; never larger. Here and not by libvips, which takes over a millisecond for each, however few the
    /// pixels are.
    /// </summary>
    public Bitmap FitInto(int side)
    {
        var scale = Math.Min(1, (double)side / Math.Max(Width, Height));
        return Shrink(Math.Max(1, (int)Math.Round(Width * scale)), Math.Max(1, (int)Math.Round(Height * scale)));
    }

    /// <summary>The mean of each area: every pixel of the result is the mean of those that it covers, each weighted by its covered part and its alpha.</summary>
    public Bitmap Shrink(int width, int height)
    {
        var (across, down) = (Weights(Width, width), Weights(Height, height));
        var result = new byte[width * height * Bands];

        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                Mean(across[x], down[y], result.AsSpan((y * width + x) * Bands, Bands));
            }
        }

        return new Bitmap(width, height, result);
    }

    /// <summary>Pixels without alpha are opaque.</summary>
    private static void Copy(ReadOnlySpan<byte> row, int bands, Span<byte> rgba)
    {
        if (bands is Bands)
        {
            row.CopyTo(rgba);
            return;
        }

        for (var (source, target) = (0, 0); target < rgba.Length; source += bands, target += Bands)
        {
            row.Slice(source, bands).CopyTo(rgba[target..]);
            rgba[target + bands] = byte.MaxValue;
        }
    }

    private void Mean((int First, double[] Parts) across, (int First, double[] Parts) down, Span<byte> result)
    {
        var (red, green, blue, alpha, area) = (0.0, 0.0, 0.0, 0.0, 0.0);

        for (var j = 0; j < down.Parts.Length; j++)
        {
            var row = Rgba.AsSpan(((down.First + j) * Width + across.First) * Bands, across.Parts.Length * Bands);
            for (var i = 0; i < across.Parts.Length; i++)
            {
                var pixel = row.Slice(i * Bands, Bands);
                var part = across.Parts[i] * down.Parts[j];
                var weight = part * pixel[3];
                red += weight * pixel[0];
                green += weight * pixel[1];
                blue += weight * pixel[2];
                alpha += weight;
                area += part;
            }
        }

        if (alpha > 0)
        {
            result[0] = (byte)Math.Round(red / alpha);
            result[1] = (byte)Math.Round(green / alpha);
            result[2] = (byte)Math.Round(blue / alpha);
            result[3] = (byte)Math.Round(alpha / area);
        }
    }

    /// <summary>For each pixel of the result along one side: the first pixel that it covers, and how much of each.</summary>
    private static (int First, double[] Parts)[] Weights(int from, int to)
    {
        var step = (double)from / to;

        return [.. Enumerable.Range(0, to).Select(index =>
        {
            var (start, end) = (index * step, Math.Min(from, (index + 1) * step));
            var first = Math.Min((int)start, from - 1);
            var last = Math.Max(first, (int)Math.Ceiling(end - 1e-9) - 1);
            return (first, Enumerable.Range(first, last - first + 1).Select(pixel => Math.Max(1e-9, Math.Min(end, pixel + 1) - Math.Max(start, pixel))).ToArray());
        })];
    }
}
