using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using NetVips;

namespace BillionHearts.Bench;

/// <summary>
/// What an image of 100 megapixels does to 200 good ones: their times without it and with it, and the largest memory of the worker and all its decoders
/// together, where pages that they share count once for each.
/// </summary>
internal static class HeavyBench
{
    private const string Worker = "analysis";
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var (rate, count, side) = (options.GetValue("rate", 8.0), options.GetValue("count", 200), options.GetValue("side", 10_000));
        var photos = UploadBench.Photos(options);
        using var client = new BenchClient(options);
        var uploads = new AnalyzedUploads(client, photos);
        var duration = TimeSpan.FromSeconds(count / rate);
        _ = await uploads.RunAsync(rate, TimeSpan.FromSeconds(options.GetValue("warm-up", 30)), parts: 1, cancellationToken);

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} JPEGs of {photos.Average(photo => photo.Length) / 1000:0} KB at {rate:0.#}/s, with one image of {side} x {side} pixels uploaded first.\n"));
        Console.WriteLine("| with | uploads | P50 ms | P99 ms | max ms | to analyzed: P50 ms | P95 ms | max ms |\n|---|---:|---:|---:|---:|---:|---:|---:|");
        List<string> lines = [];

        foreach (var (name, file) in Files(side))
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var memory = LargestMemoryAsync(stop.Token);
            var heavy = file is null ? null : await client.UploadImageAsync(await client.CreateUserAsync(cancellationToken), file, cancellationToken) as JsonElement?;
            var journal = await uploads.RunAsync(rate, duration, parts: 1, cancellationToken);
            journal.PrintLine(name);
            var end = heavy is { } image ? $" The heavy one: {Outcome(await client.WaitForAnalysisAsync(image.GetProperty("id").GetInt64(), cancellationToken))}." : "";
            await stop.CancelAsync();
            lines.Add($"- {name}: {journal.Describe()} Worker and decoders took at most {await memory:0} MB.{end}");
        }

        Console.WriteLine($"\n{string.Join('\n', lines)}");
    }

    private static string Outcome(JsonElement image) => image.GetProperty("status").GetString() is "failed"
        ? $"failed, {image.GetProperty("failure").GetProperty("reason").GetString()}"
        : "analyzed";

    private static IEnumerable<(string Name, byte[]? File)> Files(int side)
    {
        yield return ("nothing", null);
        using var picture = TestImages.Scene(side, side, seed: 1).CopyMemory();
        yield return ("a JPEG", picture.JpegsaveBuffer(q: 70));
        yield return ("a progressive JPEG", picture.JpegsaveBuffer(q: 70, interlace: true));
        // A small file that takes 300 MB to decode. With detail it would be larger than an upload may be.
        using var flat = (Image.Black(side, side, bands: 3) + 128).Cast(Enums.BandFormat.Uchar).CopyMemory();
        yield return ("a flat interlaced PNG", flat.PngsaveBuffer(compression: 9, interlace: true));
        yield return ("nothing, again", null);
    }

    private static async Task<double> LargestMemoryAsync(CancellationToken cancellationToken)
    {
        var largest = 0.0;

        while (!cancellationToken.IsCancellationRequested)
        {
            largest = Math.Max(largest, TopologyProcesses.Megabytes(Worker));
            await Task.Delay(s_pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return largest;
    }
}
