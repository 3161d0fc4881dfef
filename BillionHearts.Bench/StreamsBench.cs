using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// Many open event streams through the gateway: what they take of memory, and how long an event takes to its client from the moment that the result of the
/// analysis is stored (its <c>occurred_at</c>; everything runs on one machine and has one clock).
/// </summary>
internal static class StreamsBench
{
    // The limit of one user at one replica.
    private const int PerUser = 5;

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var (count, events) = (options.GetValue("streams", 2000), options.GetValue("events", 100));
        var pause = TimeSpan.FromSeconds(1 / options.GetValue("rate", 4.0));
        using var bench = new BenchClient(options);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = bench.Gateway };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var latencies = new Latencies("from the stored result to the client");
        var before = (Memory("notifications"), Memory("nginx"));

        List<long> users = [];
        while (users.Count * PerUser < count)
        {
            users.Add(await bench.CreateUserAsync(cancellationToken));
        }

        var clients = Enumerable.Range(0, count).Select(number => new ListeningClient(http, users[number / PerUser], Record)).ToList();
        var running = new List<Task>();

        foreach (var some in clients.Chunk(50))
        {
            running.AddRange(some.Select(client => client.RunAsync(stop.Token)));
            await Eventually.TrueAsync(_ => Task.FromResult(some.All(client => client.IsOpen)), TimeSpan.FromMinutes(1), cancellationToken);
        }

        Console.WriteLine($"{count} streams of {users.Count} users are open.\n\n| program | before MB | with all streams MB |\n|---|---:|---:|");
        Print("notifications", before.Item1);
        Print("nginx", before.Item2);

        for (var i = 0; i < events; i++)
        {
            await bench.UploadAsync(users[i % users.Count], TestImages.Jpeg(64 + (i % 64), 48 + (i / 64)), cancellationToken);
            await Task.Delay(pause, cancellationToken);
        }

        await Eventually.TrueAsync(
            _ => Task.FromResult(clients.Sum(client => client.Told.Count(told => told.Type is "image.analyzed")) >= events * PerUser), TimeSpan.FromMinutes(2), cancellationToken);
        Console.WriteLine($"\n{events} uploads at {1 / pause.TotalSeconds:0.#}/s, each told to {PerUser} streams:\n");
        Latencies.PrintHeader();
        latencies.Print();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nP95 {latencies.At(95):0.0} ms. {clients.Count(client => client.Connections > 1)} streams broke."));
        Print("notifications", before.Item1);
        await stop.CancelAsync();
        await Task.WhenAll(running);

        void Record(JsonElement data, DateTimeOffset at)
        {
            if (data.GetProperty("type").GetString() is "image.analyzed")
            {
                latencies.Record(at - data.GetProperty("occurred_at").GetDateTimeOffset());
            }
        }
    }

    private static double Memory(string program) => TopologyProcesses.Megabytes(program);

    private static void Print(string program, double before) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {program} | {before:0} | {Memory(program):0} |"));
}
