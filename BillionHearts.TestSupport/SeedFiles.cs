namespace BillionHearts.TestSupport;

/// <summary>Small whole files of each format and of each way to write it, to be damaged by <see cref="Mutations"/>.</summary>
public static class SeedFiles
{
    private static readonly Lazy<byte[][]> s_all = new(() =>
    [
        TestImages.Jpeg(320, 240, orientation: 6), TestImages.Jpeg(64, 48, progressive: true),
        TestImages.Png(160, 120, alpha: true), TestImages.Png(160, 120, interlaced: true),
        TestImages.Webp(160, 120, alpha: true), TestImages.Webp(64, 64, lossless: true), TestImages.AnimatedWebp(64, 64, frames: 3),
        TestImages.Gif(80, 60, frames: 3), TestImages.Avif(64, 64, alpha: true),
    ]);

    public static IReadOnlyList<byte[]> All => s_all.Value;
}
