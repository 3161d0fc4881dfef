using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace BillionHearts.Bench;

/// <summary>A separate topology, loaded in turns with another one.</summary>
internal sealed class LoadedTopology : IAsyncDisposable
{
    private static readonly string[] s_services = ["api-1", "api-2", "analysis", "notifications"];
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(3);

    /// <summary>A pause, so that work that a side does after its last answer, such as an export a second later, does not slow down the other.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(2);

    private readonly DistributedApplication _app;
    private readonly BenchClient _client;
    private readonly int[] _services;
    private readonly long _user;

    private LoadedTopology(string name, DistributedApplication app, BenchClient client, int[] services, long user) =>
        (_app, _client, _services, _user, Latencies) = (app, client, services, user, new Latencies($"upload, export {name}"));

    /// <summary>False during the warm-up.</summary>
    public bool IsMeasured { get; set; }

    public Latencies Latencies { get; }

    /// <summary>Uploads per second, for each round.</summary>
    public List<double> Rates { get; } = [];

    /// <summary>Milliseconds of processor time of api, analysis and notifications per upload, for each round.</summary>
    public List<double> ProcessorMs { get; } = [];

    public ConcurrentBag<string> Refusals { get; } = [];

    public static async Task<LoadedTopology> StartAsync(string name, string[] args, CancellationToken cancellationToken)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.BillionHearts_AppHost>([.. args, "--Logging:LogLevel:Default=None"], cancellationToken);
        var app = await builder.BuildAsync(cancellationToken);
        await app.StartAsync(cancellationToken).WaitAsync(s_startLimit, cancellationToken);

        foreach (var resource in s_services.Append("gateway"))
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(resource, cancellationToken).WaitAsync(s_startLimit, cancellationToken);
        }

        var client = new BenchClient(app.GetEndpoint("gateway", "http"));
        return new LoadedTopology(name, app, client, await ServicesAsync(app, cancellationToken), await client.CreateUserAsync(cancellationToken));
    }

    /// <summary>Keeps <paramref name="concurrency"/> uploads in flight for <paramref name="length"/>, then waits until all of them are analyzed.</summary>
    public async Task LoadAsync(byte[][] photos, TimeSpan length, int concurrency, CancellationToken cancellationToken)
    {
        var before = ProcessorTime();
        var startedAt = Stopwatch.GetTimestamp();
        var last = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => UploadAsync(photos, startedAt, length, cancellationToken)));

        var uploads = last.Sum(loop => loop.Count);
        var rate = uploads / Stopwatch.GetElapsedTime(startedAt).TotalSeconds;

        foreach (var (_, id) in last.Where(loop => loop.Id > 0))
        {
            await _client.WaitForAnalysisAsync(id, cancellationToken);
        }

        await Task.Delay(s_rest, cancellationToken);

        if (IsMeasured)
        {
            Rates.Add(rate);
            ProcessorMs.Add((ProcessorTime() - before).TotalMilliseconds / uploads);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>The processes of the services. The services are healthy, so each has one.</summary>
    private static async Task<int[]> ServicesAsync(DistributedApplication app, CancellationToken cancellationToken)
    {
        var processes = new Dictionary<string, int>();

        await foreach (var update in app.ResourceNotifications.WatchAsync(cancellationToken))
        {
            if (s_services.Contains(update.Resource.Name)
                && update.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is { } value)
            {
                processes[update.ResourceId] = Convert.ToInt32(value, CultureInfo.InvariantCulture);
            }

            if (processes.Count == s_services.Length)
            {
                break;
            }
        }

        return [.. processes.Values];
    }

    private TimeSpan ProcessorTime() => _services.Aggregate(TimeSpan.Zero, (sum, id) =>
    {
        using var process = Process.GetProcessById(id);
        return sum + process.TotalProcessorTime;
    });

    private async Task<(int Count, long Id)> UploadAsync(byte[][] photos, long startedAt, TimeSpan length, CancellationToken cancellationToken)
    {
        var (count, last) = (0, 0L);

        while (Stopwatch.GetElapsedTime(startedAt) < length)
        {
            var sentAt = Stopwatch.GetTimestamp();
            var (id, refusal) = await _client.UploadAsync(_user, photos[count % photos.Length], cancellationToken);

            if (refusal is not null)
            {
                Refusals.Add(refusal);
                continue;
            }

            (count, last) = (count + 1, id);

            if (IsMeasured)
            {
                Latencies.Record(sentAt);
            }
        }

        return (count, last);
    }
}
