using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>How long uploads take to be answered at one rate while analysis runs.</summary>
internal static class UploadBench
{
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

    /// <summary>Eight pictures, 200 KB each by default.</summary>
    internal static byte[][] Photos(IConfiguration options) =>
        [.. Enumerable.Range(1, 8).Select(seed => TestImages.Jpeg(options.GetValue("width", 1400), options.GetValue("height", 1050), seed, options.GetValue("quality", 85)))];
}
