using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>How long uploads take to be answered at one rate while analysis runs.</summary>
internal static class UploadBench
{
    private const int Parts = 5;

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var rate = options.GetValue("rate", 20.0);
        var duration = TimeSpan.FromSeconds(options.GetValue("seconds", 60));
        var warmUp = TimeSpan.FromSeconds(options.GetValue("warm-up", 5));
        var photos = Photos(options);
        using var client = new BenchClient(options);
        var arrivals = new Arrivals(client, await client.CreateUserAsync(cancellationToken), photos);
        Console.WriteLine(
            $"{rate:0.#}/s for {duration.TotalSeconds:0} s, JPEGs of {photos.Average(photo => photo.Length) / 1000:0} KB, after {warmUp.TotalSeconds:0} s of warm-up.\n");

        await arrivals.RunAsync(rate, warmUp, cancellationToken);
        var uploads = await arrivals.RunAsync(rate, duration, cancellationToken);

        Latencies.PrintHeader();
        uploads.Latencies.Print();
        Console.WriteLine($"\n{uploads.DescribeRefusals()}");
    }

    /// <summary>
    /// Pictures that look different, 200 KB each and 1000 of them by default: uploads of one picture again and again would be near-duplicates of one another, which
    /// the service looks up and tells.
    /// </summary>
    internal static byte[][] Photos(IConfiguration options)
    {
        var (width, height, quality) = (options.GetValue("width", 1400), options.GetValue("height", 1050), options.GetValue("quality", 85));
        var pictures = options.GetValue("pictures", 1000);
        List<byte[]> photos = [];

        for (var seed = 1; photos.Count < pictures; seed++)
        {
            using var scene = TestImages.Scene(width, height, seed).CopyMemory();

            // Moved across its edges, which is faster than another scene.
            for (var part = 0; part < Parts * Parts && photos.Count < pictures; part++)
            {
                using var moved = scene.Wrap(part % Parts * width / Parts, part / Parts * height / Parts);
                photos.Add(TestImages.Jpeg(moved, quality));
            }
        }

        return [.. photos];
    }
}
