using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using NetVips;

namespace BillionHearts.Analysis.Decoding;

/// <summary>Decodes made-up images before the first real one, so that libraries are loaded and methods compiled.</summary>
internal static class DecoderWarmUp
{
    private const int Side = 640;
    private const int Rounds = 3;

    public static void Run(ImageDecoder decoder)
    {
        using var noise = Image.Gaussnoise(Side, Side, sigma: 40, mean: 128);
        using var colors = noise.Bandjoin(noise, noise);
        using var pixels = colors.Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        byte[][] files = [pixels.JpegsaveBuffer(q: 70), pixels.PngsaveBuffer(compression: 1), pixels.WebpsaveBuffer(effort: 0)];

        for (var round = 0; round < Rounds; round++)
        {
            _ = decoder.Decode(files[0], CancellationToken.None);
        }

        foreach (var file in files)
        {
            _ = decoder.Resize(file, new RenditionName(64, 64, IsFit: false, RenditionName.Webp), CancellationToken.None);
        }

        _ = decoder.Clean(files[0], CancellationToken.None);
    }
}
