using System.Globalization;
using System.Numerics;
using BillionHearts.Analysis;
using BillionHearts.Analysis.Imaging;
using Microsoft.Extensions.Options;
using NetVips;

namespace BillionHearts.Tests.Analysis;

public sealed class PerceptualHashTests
{
    private static readonly ImageDecoder s_decoder = new(Options.Create(new AnalysisOptions()));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_resized_recompressed_or_converted_picture_has_a_similar_hash(int seed)
    {
        using var scene = TestImages.Scene(1500, 1000, seed);
        using var half = scene.Resize(0.5);
        using var squeezed = scene.Resize(0.31, vscale: 0.29);
        using var brighter = scene.Linear([1.1], [8]).Cast(Enums.BandFormat.Uchar);
        var original = Hash(scene.PngsaveBuffer(compression: 1));
        byte[][] variants =
        [
            scene.JpegsaveBuffer(q: 90), scene.JpegsaveBuffer(q: 30), half.JpegsaveBuffer(q: 80), squeezed.JpegsaveBuffer(q: 80),
            half.WebpsaveBuffer(q: 60, effort: 0), brighter.JpegsaveBuffer(q: 80),
        ];

        Assert.All(variants, variant => Assert.InRange(Distance(original, Hash(variant)), 0, 6));
    }

    [Fact]
    public void Different_pictures_have_distant_hashes()
    {
        var hashes = Enumerable.Range(1, 20).Select(seed => Hash(TestImages.Jpeg(300, 200, seed))).ToArray();
        var distances = hashes.SelectMany((hash, i) => hashes.Skip(i + 1).Select(other => Distance(hash, other))).ToArray();

        Assert.InRange(distances.Min(), 12, 64);
        Assert.InRange(distances.Average(), 26, 38);
    }

    [Fact]
    public void A_detailed_picture_sets_half_of_the_bits_of_its_hash()
    {
        Assert.InRange(BitOperations.PopCount(Bits(Hash(TestImages.Jpeg(300, 200)))), 28, 32);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(255, 255, 255)]
    [InlineData(200, 100, 50)]
    public void A_flat_picture_has_an_empty_hash_however_it_is_compressed(byte red, byte green, byte blue)
    {
        var png = TestImages.Solid(500, 300, red, green, blue);
        using var pixels = Image.NewFromBuffer(png);

        Assert.Equal("0000000000000000", Hash(png));
        Assert.Equal("0000000000000000", Hash(pixels.JpegsaveBuffer(q: 40)));
    }

    internal static int Distance(string one, string other) => BitOperations.PopCount(Bits(one) ^ Bits(other));

    private static ulong Bits(string hash) => ulong.Parse(hash, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string Hash(byte[] file) => s_decoder.Decode(file, Cancel).Analysis.Phash;
}
