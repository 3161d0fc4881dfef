using System.Globalization;
using System.Numerics;
using BillionHearts.Analysis;
using BillionHearts.Analysis.Imaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using NetVips;

namespace BillionHearts.Bench;

/// <summary>
/// How many near-duplicates each distance of perceptual hashes finds, and how many unrelated pictures: distinct pictures, made and from a folder, and of each eight
/// copies as people make them. All are hashed by the worker's own decoder.
/// </summary>
internal static class HashBench
{
    private const int MaxDistance = 15;

    /// <summary>Larger files are made smaller first: that changes nothing in the hash, and nine of each are decoded.</summary>
    private const int MaxSide = 1600;

    private static readonly (string Name, Func<Image, byte[]> Make)[] s_copies =
    [
        ("half size", picture => picture.Resize(0.5).JpegsaveBuffer(q: 85)),
        ("JPEG q70", picture => picture.JpegsaveBuffer(q: 70)),
        ("JPEG q50", picture => picture.JpegsaveBuffer(q: 50)),
        ("WebP q75", picture => picture.WebpsaveBuffer(q: 75, effort: 0)),
        ("crop 2 %", picture => Crop(picture, 0.02)),
        ("crop 5 %", picture => Crop(picture, 0.05)),
        ("brighter", picture => picture.Linear([1.1], [15]).Cast(Enums.BandFormat.Uchar).JpegsaveBuffer(q: 85)),
        ("darker", picture => picture.Linear([0.85], [-10]).Cast(Enums.BandFormat.Uchar).JpegsaveBuffer(q: 85)),
    ];

    private static readonly ImageDecoder s_decoder = new(Options.Create(new AnalysisOptions()));

    public static void Run(IConfiguration options, CancellationToken cancellationToken)
    {
        var made = Enumerable.Range(1, options.GetValue("pictures", 300)).Select(seed => seed % 2 is 0
            ? DetailedPhotos.Jpeg(1400, 1050, seed, quality: 90)
            : TestImages.Jpeg(1400, 1050, seed, quality: 90));
        Print("made", made, cancellationToken);

        PrintChance(options.GetValue("distinct", 3000), cancellationToken);

        if (options.GetValue<string?>("photos", null) is { } folder)
        {
            Print($"files of {folder}", Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(Load), cancellationToken);
        }
    }

    /// <summary>How many unrelated pictures of 100,000 a picture is taken for a copy of. Small ones, because detail changes nothing in the hash.</summary>
    private static void PrintChance(int count, CancellationToken cancellationToken)
    {
        var hashes = Enumerable.Range(10_000, count).Select(seed => Hash(TestImages.Jpeg(320, 240, seed), cancellationToken)).ToList();
        var pairs = new long[65];

        for (var i = 0; i < hashes.Count; i++)
        {
            for (var j = i + 1; j < hashes.Count; j++)
            {
                pairs[Distance(hashes[i], hashes[j])]++;
            }
        }

        var all = pairs.Sum();
        Console.WriteLine($"\n{count} distinct pictures, made; {all:N0} pairs of them.\n\n| distance | pairs | strangers for each picture among 100,000 |\n|---:|---:|---:|");

        for (var limit = 0; limit <= MaxDistance; limit++)
        {
            var within = pairs[..(limit + 1)].Sum();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {limit} | {within} | {within * 100_000.0 / all:0.###} |"));
        }
    }

    private static byte[] Load(string file)
    {
        using var picture = Image.Thumbnail(file, MaxSide, height: MaxSide, size: Enums.Size.Down);
        using var opaque = picture.HasAlpha() ? picture.Flatten() : picture.Copy();
        return opaque.JpegsaveBuffer(q: 90);
    }

    private static void Print(string kind, IEnumerable<byte[]> files, CancellationToken cancellationToken)
    {
        var (originals, copies) = (new List<ulong>(), new List<ulong[]>());

        foreach (var file in files)
        {
            using var picture = Image.NewFromBuffer(file, access: Enums.Access.Random);
            originals.Add(Hash(file, cancellationToken));
            copies.Add([.. s_copies.Select(copy => Hash(copy.Make(picture), cancellationToken))]);
        }

        var pairs = originals.SelectMany((one, i) => originals.Skip(i + 1).Select(other => Distance(one, other))).ToList();
        Console.WriteLine($"\n{originals.Count} distinct pictures, {kind}; {pairs.Count:N0} pairs of them, the nearest {pairs.Min()} bits apart.\n");
        Console.WriteLine($"| distance | recall | precision | pairs of different pictures | {string.Join(" | ", s_copies.Select(copy => copy.Name))} |");
        Console.WriteLine($"|---:|---:|---:|---:|{string.Concat(s_copies.Select(_ => "---:|"))}");

        for (var limit = 0; limit <= MaxDistance; limit++)
        {
            var recalls = s_copies.Select((_, kindOf) => originals.Where((one, i) => Distance(one, copies[i][kindOf]) <= limit).Count() / (double)originals.Count).ToList();
            var found = recalls.Sum() * originals.Count;
            // Each copy is compared with all originals: all but its own are unrelated.
            var unrelated = copies.SelectMany((list, i) => list.SelectMany(copy => originals.Where((one, j) => j != i && Distance(one, copy) <= limit))).Count();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {limit} | {recalls.Average():P1} | {found / Math.Max(1, found + unrelated):P2} | {pairs.Count(distance => distance <= limit)} | {string.Join(" | ", recalls.Select(recall => recall.ToString("P0", CultureInfo.InvariantCulture)))} |"));
        }
    }

    /// <summary>Cuts off this share of the width and of the height, more of it on the left and at the top.</summary>
    private static byte[] Crop(Image picture, double share) => picture
        .ExtractArea((int)(picture.Width * share * 0.7), (int)(picture.Height * share * 0.7), (int)(picture.Width * (1 - share)), (int)(picture.Height * (1 - share)))
        .JpegsaveBuffer(q: 85);

    private static ulong Hash(byte[] file, CancellationToken cancellationToken) =>
        ulong.Parse(s_decoder.Decode(file, cancellationToken).Analysis.Phash, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static int Distance(ulong one, ulong other) => BitOperations.PopCount(one ^ other);
}
