using NetVips;

namespace BillionHearts.TestSupport;

/// <summary>Real image files, made in memory. The same arguments give the same picture, another seed gives a different one.</summary>
public static class TestImages
{
    private static readonly Lazy<byte[]> s_photo = new(() => Jpeg(4000, 3000, quality: 92));

    /// <summary>A 12-megapixel JPEG of about 3 MB, the size of a phone's photo. Made once.</summary>
    public static byte[] Photo => s_photo.Value;

    /// <param name="orientation">EXIF orientation to write, 1 to 8; 0 writes none. The pixels stay as they are: <paramref name="width"/> is before it is applied.</param>
    public static byte[] Jpeg(int width, int height, int seed = 1, int quality = 85, int orientation = 0, bool progressive = false)
    {
        using var scene = Scene(width, height, seed);
        return Jpeg(scene, quality, orientation, progressive);
    }

    public static byte[] Jpeg(Image pixels, int quality = 85, int orientation = 0, bool progressive = false)
    {
        using var marked = pixels.Mutate(image =>
        {
            if (orientation is not 0)
            {
                image.Set(GValue.GIntType, "orientation", orientation);
            }
        });
        return marked.JpegsaveBuffer(q: quality, interlace: progressive);
    }

    public static byte[] Png(int width, int height, int seed = 1, bool alpha = false, bool interlaced = false)
    {
        using var scene = alpha ? TransparentScene(width, height, seed) : Scene(width, height, seed);
        return scene.PngsaveBuffer(interlace: interlaced, compression: 3);
    }

    public static byte[] Webp(int width, int height, int seed = 1, bool alpha = false, bool lossless = false)
    {
        using var scene = alpha ? TransparentScene(width, height, seed) : Scene(width, height, seed);
        return scene.WebpsaveBuffer(lossless: lossless, effort: 0);
    }

    /// <summary>Each frame is another picture; the first is that of <paramref name="seed"/>.</summary>
    public static byte[] Gif(int width, int height, int frames = 1, int seed = 1)
    {
        using var animation = Frames(width, height, frames, seed);
        return animation.GifsaveBuffer(effort: 1);
    }

    public static byte[] AnimatedWebp(int width, int height, int frames, int seed = 1)
    {
        using var animation = Frames(width, height, frames, seed);
        return animation.WebpsaveBuffer(effort: 0);
    }

    public static byte[] Avif(int width, int height, int seed = 1, bool alpha = false)
    {
        using var scene = alpha ? TransparentScene(width, height, seed) : Scene(width, height, seed);
        return scene.HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1, effort: 0);
    }

    /// <summary>One colour, lossless.</summary>
    public static byte[] Solid(int width, int height, byte red, byte green, byte blue)
    {
        using var solid = Image.Black(width, height).NewFromImage(red, green, blue).Copy(interpretation: Enums.Interpretation.Srgb);
        return solid.PngsaveBuffer();
    }

    /// <summary>The first part of a file, as after an interrupted upload.</summary>
    public static byte[] Truncated(byte[] file, double keep) => file[..(int)(file.Length * keep)];

    /// <summary>Something like a landscape: large soft shapes, a light and a dark side, grain as of a sensor.</summary>
    public static Image Scene(int width, int height, int seed)
    {
        using var small = Image.Perlin(320, 320, cellSize: 80, seed: seed * 7919)
            .Bandjoin(Image.Perlin(320, 320, cellSize: 64, seed: seed * 7919 + 1), Image.Perlin(320, 320, cellSize: 110, seed: seed * 7919 + 2))
            .Linear([90, 80, 85], [128, 120, 135]);
        using var shapes = small.Resize((double)width / 320, vscale: (double)height / 320, kernel: Enums.Kernel.Linear)
            .ExtractArea(0, 0, width, height);
        using var grain = Image.Gaussnoise(width, height, sigma: 4, mean: 0, seed: seed);
        return (shapes + grain).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb).CopyMemory();
    }

    /// <summary>The scene, opaque on the left and fading out to the right.</summary>
    private static Image TransparentScene(int width, int height, int seed)
    {
        using var scene = Scene(width, height, seed);
        using var fade = Image.Xyz(width, height).ExtractBand(0).Linear([-510.0 / width], [510]).Cast(Enums.BandFormat.Uchar);
        return scene.Bandjoin(fade).Copy(interpretation: Enums.Interpretation.Srgb).CopyMemory();
    }

    private static Image Frames(int width, int height, int frames, int seed)
    {
        var pictures = Enumerable.Range(0, frames).Select(frame => Scene(width, height, seed + frame)).ToArray();
        using var column = Image.Arrayjoin(pictures, across: 1);
        return column.Mutate(image =>
        {
            image.Set(GValue.GIntType, "page-height", height);
            image.Set(GValue.ArrayIntType, "delay", Enumerable.Repeat(100, frames).ToArray());
        });
    }
}
