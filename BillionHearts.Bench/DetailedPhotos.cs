using NetVips;

namespace BillionHearts.Bench;

/// <summary>
/// The scenes of the tests with as much detail as a photo has at any size: of the tests' own, which are smooth, a thumb has 2 KB; of these 8.
/// </summary>
internal static class DetailedPhotos
{
    // Shapes so large that some tens of them stand side by side.
    private const int Shapes = 70;
    private const int Contrast = 30;

    /// <summary>Of 200 KB.</summary>
    public static byte[] Jpeg(int seed) => Jpeg(1400, 1050, seed, quality: 82);

    public static byte[] Jpeg(int width, int height, int seed, int quality)
    {
        using var scene = TestImages.Scene(width, height, seed);
        using var detail = Image.Perlin(width, height, cellSize: width / Shapes, seed: seed) * Contrast;
        using var photo = (scene + detail).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        return photo.JpegsaveBuffer(q: quality);
    }

    /// <summary>The same picture as another file: what stands behind the end of a picture belongs to the file.</summary>
    public static byte[] Distinct(byte[] photo, int number) => [.. photo, .. BitConverter.GetBytes(number), .. Guid.NewGuid().ToByteArray()];
}
