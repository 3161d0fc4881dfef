using System.Collections.Concurrent;
using System.Diagnostics;
using BillionHearts.Tests;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// Uploads that arrive at a fixed rate whether or not earlier ones are answered (open loop), analysis running beside
/// them. Latency counts from the moment an upload was due, so that a stall is charged to everyone it kept waiting.
/// </summary>
internal static class UploadBench
{
    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var rate = options.GetValue("rate", 20.0);
        var duration = TimeSpan.FromSeconds(options.GetValue("seconds", 60));
        var photos = Enumerable.Range(1, 8).Select(seed => TestImages.Jpeg(options.GetValue("width", 1000), options.GetValue("height", 750), seed)).ToArray();
        using var client = new BenchClient(options);
        var user = await client.CreateUserAsync(cancellationToken);
        Console.WriteLine($"{rate:0.#}/s for {duration.TotalSeconds:0} s, JPEGs of {photos.Average(photo => photo.Length) / 1000:0} KB, after 5 s of warm-up.\n");

        await ArriveAsync(client, user, photos, rate, TimeSpan.FromSeconds(5), new Latencies("warm-up"), [], cancellationToken);
        var latencies = new Latencies($"upload at {rate:0.#}/s");
        ConcurrentBag<string> refusals = [];
        await ArriveAsync(client, user, photos, rate, duration, latencies, refusals, cancellationToken);

        Latencies.PrintHeader();
        latencies.Print();
        Console.WriteLine($"\n{refusals.Count} refused or failed{(refusals.TryPeek(out var first) ? $", such as: {first}" : "")}");
    }

    private static async Task ArriveAsync(
        BenchClient client, long user, byte[][] photos, double rate, TimeSpan duration, Latencies latencies, ConcurrentBag<string> refusals, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var count = (int)(rate * duration.TotalSeconds);
        var uploads = new List<Task>(count);

        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds(i / rate);
            var wait = due - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, cancellationToken);
            }

            uploads.Add(UploadAsync(photos[i % photos.Length], start + (long)(due.TotalSeconds * Stopwatch.Frequency)));
        }

        await Task.WhenAll(uploads);

        async Task UploadAsync(byte[] photo, long dueAt)
        {
            try
            {
                var (_, refusal) = await client.UploadAsync(user, photo, cancellationToken);
                if (refusal is not null)
                {
                    refusals.Add(refusal);
                }
            }
            catch (HttpRequestException exception)
            {
                refusals.Add(exception.Message);
            }

            latencies.Record(dueAt);
        }
    }
}
