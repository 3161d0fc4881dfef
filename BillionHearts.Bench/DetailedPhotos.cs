using NetVips;

namespace BillionHearts.Bench;

/// <summary>
/// The scenes of the tests with as much detail as a photo has at any size. The tests' own scenes are smooth: their thumb has 2 KB, that of these 8 KB.
/// </summary>
internal static class DetailedPhotos
{
    // The picture is this many shapes wide.
    private const int Shapes = 70;
    private const int Contrast = 30;

    /// <summary>A photo of 200 KB.</summary>
    public static byte[] Jpeg(int seed) => Jpeg(1400, 1050, seed, quality: 82);

    public static byte[] Jpeg(int width, int height, int seed, int quality)
    {
        using var scene = TestImages.Scene(width, height, seed);
        using var detail = Image.Perlin(width, height, cellSize: width / Shapes, seed: seed) * Contrast;
        using var photo = (scene + detail).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        return photo.JpegsaveBuffer(q: quality);
    }

    /// <summary>The same picture as a different file: bytes after the end of the picture are part of the file.</summary>
    public static byte[] Distinct(byte[] photo, int number) => [.. photo, .. BitConverter.GetBytes(number), .. Guid.NewGuid().ToByteArray()];
}
