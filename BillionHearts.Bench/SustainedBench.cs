using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// The highest rate of uploads that the whole system keeps up with: P99 of the answer within a limit, every upload analyzed, and P95 of the time from the
/// upload to its <c>analyzed</c> event within a limit, in each minute. The rate rises in steps, each long enough for a back-log to show.
/// </summary>
internal static class SustainedBench
{
    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var limits = new Limits(options.GetValue("limit", 100.0), options.GetValue("analyzed-limit", 5000.0));
        var minutes = options.GetValue("minutes", 10);
        var (first, step, last) = (options.GetValue("first", 20.0), options.GetValue("step", 5.0), options.GetValue("last", 100.0));
        var photos = UploadBench.Photos(options);
        using var client = new BenchClient(options);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Steps of {step:0.#}/s from {first:0.#}/s, {minutes} minutes each, JPEGs of {photos.Average(photo => photo.Length) / 1000:0} KB, until a limit is exceeded.\n"));
        var highest = 0.0;

        // A back-log of the first seconds, while methods are compiled, would be worked off only in minutes at the highest rate.
        var warmUp = await client.CreateUserAsync(cancellationToken);
        await new Arrivals(client, warmUp, photos).RunAsync(first / 2, TimeSpan.FromSeconds(options.GetValue("warm-up", 30)), cancellationToken);
        await client.WaitForAllAnalyzedAsync(warmUp, cancellationToken);

        for (var rate = first; rate <= last; rate += step)
        {
            Console.WriteLine($"## {rate:0.#}/s\n");

            if (!await StepAsync(client, photos, rate, minutes, limits, cancellationToken))
            {
                break;
            }

            highest = rate;
        }

        Console.WriteLine($"Highest rate with upload P99 <= {limits.UploadMs:0} ms, all analyzed, P95 of that <= {limits.AnalyzedMs:0} ms in each minute: {highest:0.#}/s");
    }

    private static async Task<bool> StepAsync(BenchClient client, byte[][] photos, double rate, int minutes, Limits limits, CancellationToken cancellationToken)
    {
        var journal = await new AnalyzedUploads(client, photos).RunAsync(rate, TimeSpan.FromMinutes(minutes), minutes, cancellationToken);
        journal.Print("minute");
        Console.WriteLine($"\n{journal.Describe()} Memory of analysis at the end: {TopologyProcesses.Megabytes("analysis"):0} MB.\n");

        return journal.IsComplete && journal.Uploads.At(99) <= limits.UploadMs && journal.AnalyzedByPart.All(minute => minute.At(95) <= limits.AnalyzedMs);
    }

    private sealed record Limits(double UploadMs, double AnalyzedMs);
}
