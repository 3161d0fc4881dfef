using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// The cost of exporting telemetry for uploads: two topologies side by side, one that exports to the dashboard as for a user and one that
/// does not, loaded in turns by a closed loop through the gateway. Turns alternate (off on, on off, …), so that drift affects both
/// equally; each starts after the other's analysis has ended. With <c>--control true</c> neither exports: a remaining difference is the
/// noise of this machine. The rate of a round also depends on other load on the machine; the services' processor time per upload
/// does not, and if all processors are in use, one is the inverse of the other.
/// </summary>
internal static class TelemetryBench
{
    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var rounds = options.GetValue("rounds", 12);
        var length = TimeSpan.FromSeconds(options.GetValue("seconds", 4));
        var concurrency = options.GetValue("concurrency", 8);
        var isControl = options.GetValue("control", false);
        var photos = Enumerable.Range(1, 8).Select(seed => TestImages.Jpeg(options.GetValue("width", 640), options.GetValue("height", 480), seed)).ToArray();
        Console.WriteLine($"{rounds} rounds of {length.TotalSeconds:0} s per side, {concurrency} uploads at once, JPEGs of {photos.Average(photo => photo.Length) / 1000:0} KB.\n");

        await using var collector = await AspireDashboard.StartAsync(cancellationToken);
        await using var off = await LoadedTopology.StartAsync("off", [], cancellationToken);
        await using var on = await LoadedTopology.StartAsync(
            isControl ? "off again" : "on", isControl ? [] : [$"ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL={collector.Otlp}"], cancellationToken);

        // The first round includes JIT compilation, so it is not measured.
        await RoundAsync([off, on], photos, length, concurrency, cancellationToken);
        (off.IsMeasured, on.IsMeasured) = (true, true);
        var before = collector.ProcessorTime;
        Console.WriteLine("| round | export off, uploads/s | on, uploads/s | change | off, CPU ms/upload | on, CPU ms/upload | change |\n|---|---:|---:|---:|---:|---:|---:|");

        for (var round = 0; round < rounds; round++)
        {
            await RoundAsync(round % 2 is 0 ? [off, on] : [on, off], photos, length, concurrency, cancellationToken);
            PrintLine($"{round + 1}", off.Rates[round], on.Rates[round], off.ProcessorMs[round], on.ProcessorMs[round]);
        }

        PrintLine("mean", off.Rates.Average(), on.Rates.Average(), off.ProcessorMs.Average(), on.ProcessorMs.Average());
        Console.WriteLine();
        Summarize("Rate", off.Rates, on.Rates);
        Summarize("CPU of the services", off.ProcessorMs, on.ProcessorMs);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"CPU of the collector: {(collector.ProcessorTime - before).TotalMilliseconds / on.Latencies.Count:0.0} ms/upload.\n"));
        Print(off, on);
    }

    private static async Task RoundAsync(LoadedTopology[] turns, byte[][] photos, TimeSpan length, int concurrency, CancellationToken cancellationToken)
    {
        foreach (var topology in turns)
        {
            await topology.LoadAsync(photos, length, concurrency, cancellationToken);
        }
    }

    private static void Print(LoadedTopology off, LoadedTopology on)
    {
        Latencies.PrintHeader();
        off.Latencies.Print();
        on.Latencies.Print();
        var refusals = off.Refusals.Concat(on.Refusals).ToList();
        Console.WriteLine(refusals is [] ? "\nNone refused." : $"\n{off.Refusals.Count} refused without export, {on.Refusals.Count} with, such as: {refusals[0]}");
    }

    /// <summary>Includes the median, because a round that ran beside other load, such as a build, says nothing about telemetry.</summary>
    private static void Summarize(string what, List<double> off, List<double> on)
    {
        var changes = off.Zip(on, Change).Order().ToList();
        var mean = changes.Average();
        var error = Math.Sqrt(changes.Sum(change => (change - mean) * (change - mean)) / Math.Max(1, changes.Count - 1) / changes.Count);
        var median = (changes[(changes.Count - 1) / 2] + changes[changes.Count / 2]) / 2;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what}, change per round: median {median:+0.0 %;-0.0 %}, mean {mean:+0.0 %;-0.0 %}, standard error {error:0.0 %}."));
    }

    private static double Change(double off, double on) => (on / off) - 1;

    private static void PrintLine(string round, double off, double on, double processorOff, double processorOn) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {round} | {off:0.0} | {on:0.0} | {Change(off, on):+0.0 %;-0.0 %;0 %} | {processorOff:0.0} | {processorOn:0.0} | {Change(processorOff, processorOn):+0.0 %;-0.0 %;0 %} |"));
}
