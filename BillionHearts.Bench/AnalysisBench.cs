using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BillionHearts.Analysis;
using BillionHearts.Analysis.Imaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace BillionHearts.Bench;

/// <summary>
/// The whole analysis of one photo after another, as the worker does it between reading the file and storing the renditions, and what sharp makes of the
/// same files: preview, thumb and statistics from one decode. In turns, in one run. No store, broker or database takes part.
/// </summary>
internal static class AnalysisBench
{
    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var count = options.GetValue("count", 40);
        var rounds = options.GetValue("rounds", 3);
        var photos = new PhotoFolder(options.GetValue("width", 4000), options.GetValue("height", 3000), options.GetValue("quality", 88));
        var files = photos.Make(count, cancellationToken);
        Console.WriteLine($"{rounds} rounds of {count} JPEGs of {photos.Width} x {photos.Height}, {files.Average(file => new FileInfo(file).Length) / 1e6:0.00} MB each; one round before them warms up.\n");

        await using var sharp = await SharpServer.StartAsync(photos.Path, cancellationToken);
        using var client = new BenchClient(sharp.Address);
        var decoder = new ImageDecoder(Options.Create(new AnalysisOptions()));
        var (ours, theirs) = (new Latencies("ours"), new Latencies("sharp"));
        var steps = new Dictionary<string, TimeSpan>();
        var processor = TimeSpan.Zero;

        for (var round = 0; round <= rounds; round++)
        {
            var before = Environment.CpuUsage.TotalTime;
            foreach (var file in files)
            {
                var startedAt = Stopwatch.GetTimestamp();
                var image = decoder.Decode(await File.ReadAllBytesAsync(file, cancellationToken), cancellationToken);
                Record(ours, startedAt, isMeasured: round > 0);

                foreach (var step in round > 0 ? image.Steps : [])
                {
                    steps[step.Name] = steps.GetValueOrDefault(step.Name) + step.Duration;
                }
            }

            processor += round > 0 ? Environment.CpuUsage.TotalTime - before : TimeSpan.Zero;

            foreach (var file in files)
            {
                var startedAt = Stopwatch.GetTimestamp();
                var (bytes, _) = await client.GetBytesAsync($"/analysis/{Path.GetFileName(file)}", range: null, cancellationToken);
                Record(theirs, startedAt, isMeasured: round > 0);

                if (JsonElement.Parse(bytes).GetProperty("preview").GetInt32() is 0)
                {
                    throw new InvalidOperationException($"sharp made no preview of {file}.");
                }
            }
        }

        Latencies.PrintHeader();
        ours.Print();
        theirs.Print();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            Ours is {theirs.At(50) / ours.At(50):0.00} times as fast as sharp (P50), and takes {processor.TotalMilliseconds / ours.Count:0.0} ms of processor time for a photo.
            Steps, ms: {string.Join(", ", steps.Select(step => string.Create(CultureInfo.InvariantCulture, $"{step.Key} {step.Value.TotalMilliseconds / ours.Count:0.0}")))}
            """));
    }

    private static void Record(Latencies latencies, long startedAt, bool isMeasured)
    {
        if (isMeasured)
        {
            latencies.Record(startedAt);
        }
    }
}
