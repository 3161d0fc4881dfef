using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>How password guessing affects uploads: the same rate of uploads without and with a flood of sign-ins, in one run.</summary>
internal static class FloodBench
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var rate = options.GetValue("rate", 20.0);
        var flood = options.GetValue("flood", 50.0);
        var duration = TimeSpan.FromSeconds(options.GetValue("seconds", 60));
        var photos = UploadBench.Photos(options);
        using var client = new BenchClient(options);
        var arrivals = new Arrivals(client, await client.CreateUserAsync(cancellationToken), photos);
        var victim = $"victim-{Guid.NewGuid():n}";
        await client.RegisterAsync(victim, "a password that is not guessed", cancellationToken);
        Console.WriteLine($"{rate:0.#} uploads/s for {duration.TotalSeconds:0} s, JPEGs of {photos.Average(photo => photo.Length) / 1000:0} KB, alone and beside {flood:0.#} sign-ins/s.\n");

        await arrivals.RunAsync(rate, s_warmUp, cancellationToken);
        var alone = await arrivals.RunAsync(rate, duration, cancellationToken);
        var guesses = GuessAsync(client, victim, flood, duration, cancellationToken);
        var beside = await arrivals.RunAsync(rate, duration, cancellationToken);
        var statuses = await guesses;

        Latencies.PrintHeader();
        alone.Latencies.Print();
        beside.Latencies.Print();
        Console.WriteLine($"\nalone: {alone.DescribeRefusals()}; beside the flood: {beside.DescribeRefusals()}");
        Console.WriteLine($"sign-ins by status: {string.Join(", ", statuses.GroupBy(status => status).OrderBy(group => group.Key).Select(group => $"{group.Key}: {group.Count()}"))}");
    }

    private static async Task<IReadOnlyCollection<int>> GuessAsync(
        BenchClient client, string victim, double rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        ConcurrentBag<int> statuses = [];
        var start = Stopwatch.GetTimestamp();
        var guesses = new List<Task>();

        for (var i = 0; i < rate * duration.TotalSeconds; i++)
        {
            var wait = TimeSpan.FromSeconds(i / rate) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, cancellationToken);
            }

            guesses.Add(GuessAsync($"guess {i}"));
        }

        await Task.WhenAll(guesses);
        return statuses;

        async Task GuessAsync(string password) => statuses.Add(await client.SignInAsync(victim, password, cancellationToken));
    }
}
