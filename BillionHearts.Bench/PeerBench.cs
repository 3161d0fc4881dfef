using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// Metadata POST and GET by id against the original service, in one run: a closed loop over the same number of connections,
/// sides in turns, so that what drifts meets both alike. Ours commits to PostgreSQL with fsync, as the original's SQLite does.
/// </summary>
internal static class PeerBench
{
    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var connections = options.GetValue("connections", 16);
        var rounds = options.GetValue("rounds", 3);
        var length = TimeSpan.FromSeconds(options.GetValue("seconds", 8));

        await using var original = await OriginalService.StartAsync(cancellationToken);
        using var theirs = new Side("original", original.Address, connections);
        using var ours = new Side("ours", new Uri(options.GetValue("gateway", "http://localhost:8080")!), connections);
        Console.WriteLine($"{connections} connections, {rounds} rounds of {length.TotalSeconds:0} s for each call and side; ours at {ours.Address}.\n");

        foreach (var side in new[] { theirs, ours })
        {
            await side.PrepareAsync(cancellationToken);
            await side.PostAsync(TimeSpan.FromSeconds(2), isMeasured: false, cancellationToken);
            await side.GetAsync(TimeSpan.FromSeconds(2), isMeasured: false, cancellationToken);
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var side in round % 2 is 0 ? new[] { theirs, ours } : [ours, theirs])
            {
                await side.PostAsync(length, isMeasured: true, cancellationToken);
                await side.GetAsync(length, isMeasured: true, cancellationToken);
            }
        }

        Latencies.PrintHeader();
        theirs.Print();
        ours.Print();
        Console.WriteLine($"\n| call | original/s | ours/s | ratio |\n|---|---:|---:|---:|");
        Compare("POST /images/ (JSON)", theirs.PostRates, ours.PostRates);
        Compare("GET /images/{id}", theirs.GetRates, ours.GetRates);
    }

    private static void Compare(string call, List<double> theirs, List<double> ours) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {call} | {theirs.Average():0} | {ours.Average():0} | {ours.Average() / theirs.Average():0.0} |"));

    private sealed class Side : IDisposable
    {
        private readonly HttpClient _http;
        private readonly int _connections;
        private readonly Latencies _posts;
        private readonly Latencies _gets;
        private readonly List<long> _ids = [];
        private long _user;

        public Side(string name, Uri address, int connections)
        {
            _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections }) { BaseAddress = address };
            (_connections, _posts, _gets) = (connections, new Latencies($"{name}: POST"), new Latencies($"{name}: GET"));
        }

        public Uri Address => _http.BaseAddress!;

        public List<double> PostRates { get; } = [];

        public List<double> GetRates { get; } = [];

        public async Task PrepareAsync(CancellationToken cancellationToken)
        {
            using var response = await _http.PostAsJsonAsync("/users/", new { username = $"bench-{Guid.NewGuid():n}" }, cancellationToken);
            _user = await IdAsync(response, cancellationToken);
        }

        public Task PostAsync(TimeSpan length, bool isMeasured, CancellationToken cancellationToken) => LoopAsync(
            length,
            async () =>
            {
                var image = new { user_id = _user, original_filename = "photo.jpg", width = 4000, height = 3000, file_size = 3_145_728, file_type = "jpeg" };
                using var response = await _http.PostAsJsonAsync("/images/", image, cancellationToken);
                var id = await IdAsync(response, cancellationToken);

                lock (_ids)
                {
                    _ids.Add(id);
                }
            },
            isMeasured ? (_posts, PostRates) : null);

        public Task GetAsync(TimeSpan length, bool isMeasured, CancellationToken cancellationToken) => LoopAsync(
            length,
            async () =>
            {
                using var response = await _http.GetAsync($"/images/{_ids[Random.Shared.Next(_ids.Count)]}", cancellationToken);
                await IdAsync(response, cancellationToken);
            },
            isMeasured ? (_gets, GetRates) : null);

        public void Print()
        {
            _posts.Print();
            _gets.Print();
        }

        public void Dispose() => _http.Dispose();

        private async Task LoopAsync(TimeSpan length, Func<Task> call, (Latencies Latencies, List<double> Rates)? measure)
        {
            var startedAt = Stopwatch.GetTimestamp();
            var counts = await Task.WhenAll(Enumerable.Range(0, _connections).Select(_ => Task.Run(CallAsync)));
            measure?.Rates.Add(counts.Sum() / Stopwatch.GetElapsedTime(startedAt).TotalSeconds);

            async Task<int> CallAsync()
            {
                var count = 0;

                while (Stopwatch.GetElapsedTime(startedAt) < length)
                {
                    var sentAt = Stopwatch.GetTimestamp();
                    await call();
                    measure?.Latencies.Record(sentAt);
                    count++;
                }

                return count;
            }
        }

        private static async Task<long> IdAsync(HttpResponseMessage response, CancellationToken cancellationToken)
        {
            response.EnsureSuccessStatusCode();
            return (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetInt64();
        }
    }
}
