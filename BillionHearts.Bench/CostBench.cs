using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// What one upload costs, from the request to the event that it is analyzed: milliseconds of processor time of each program of a running topology. What the
/// programs use while nothing happens is measured before and subtracted. The time counts until all uploads are analyzed, whatever the rate.
/// </summary>
internal static class CostBench
{
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var rate = options.GetValue("rate", 10.0);
        var duration = TimeSpan.FromSeconds(options.GetValue("seconds", 30));
        var idleFor = TimeSpan.FromSeconds(options.GetValue("idle", 20));
        var warmUp = TimeSpan.FromSeconds(options.GetValue("warm-up", 30));
        var photos = UploadBench.Photos(options);
        var topology = TopologyProcesses.Find();
        using var client = new BenchClient(options);
        var user = await client.CreateUserAsync(cancellationToken);
        var arrivals = new Arrivals(client, user, photos);
        Console.WriteLine(
            $"{rate:0.#}/s for {duration.TotalSeconds:0} s, JPEGs of {photos.Average(photo => photo.Length) / 1000:0} KB, after {warmUp.TotalSeconds:0} s of warm-up and {idleFor.TotalSeconds:0} s idle.\n");

        await arrivals.RunAsync(rate, warmUp, cancellationToken);
        await client.WaitForAllAnalyzedAsync(user, cancellationToken);
        await Task.Delay(s_settle, cancellationToken);

        var idle = await MeasureAsync(topology, () => Task.Delay(idleFor, cancellationToken));
        var uploads = 0L;
        var busy = await MeasureAsync(topology, async () =>
        {
            var arrived = await arrivals.RunAsync(rate, duration, cancellationToken);
            uploads = arrived.Latencies.Count;
            await client.WaitForAllAnalyzedAsync(user, cancellationToken);
            // Exports and acknowledgements follow the last answer.
            await Task.Delay(s_settle, cancellationToken);
            Console.WriteLine($"{arrived.DescribeRefusals()}\n");
        });

        Print(idle, busy, uploads);
    }

    private static async Task<Measured> MeasureAsync(TopologyProcesses topology, Func<Task> work)
    {
        var before = topology.Milliseconds();
        var startedAt = Stopwatch.GetTimestamp();
        await work();
        var after = topology.Milliseconds();
        return new Measured(Stopwatch.GetElapsedTime(startedAt), after.ToDictionary(program => program.Key, program => program.Value - before.GetValueOrDefault(program.Key)));
    }

    private static void Print(Measured idle, Measured busy, long uploads)
    {
        var costs = busy.Milliseconds.ToDictionary(
            program => program.Key,
            program => (program.Value - (idle.Milliseconds.GetValueOrDefault(program.Key) * (busy.Elapsed / idle.Elapsed))) / uploads);

        Console.WriteLine("| program | ms an upload | idle, % of a processor |\n|---|---:|---:|");
        foreach (var (program, cost) in costs.OrderByDescending(cost => cost.Value))
        {
            Print(program, cost, idle.Milliseconds.GetValueOrDefault(program));
        }

        Print("all", costs.Values.Sum(), idle.Milliseconds.Values.Sum());
        Console.WriteLine($"\n{uploads} uploads, all analyzed after {busy.Elapsed.TotalSeconds:0} s.");

        void Print(string program, double cost, double idleFor) =>
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {program} | {cost:0.0} | {idleFor / idle.Elapsed.TotalMilliseconds:0.0 %} |"));
    }

    private sealed record Measured(TimeSpan Elapsed, Dictionary<string, double> Milliseconds);
}
