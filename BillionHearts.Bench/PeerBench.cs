using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// Compares metadata POST and GET by id with the original service, in one run: a closed loop by <see cref="Wrk"/> over the same number of
/// connections, in turns, so that drift affects both sides equally. Ours commits to PostgreSQL with fsync, as the original's SQLite does.
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
            await side.PostAsync(length, isMeasured: false, cancellationToken);
            await side.GetAsync(length, isMeasured: false, cancellationToken);
        }

        Console.WriteLine("| what | count | P50 ms | P90 ms | P99 ms | P99.9 ms | max ms |\n|---|---:|---:|---:|---:|---:|---:|");

        for (var round = 0; round < rounds; round++)
        {
            foreach (var side in round % 2 is 0 ? new[] { theirs, ours } : [ours, theirs])
            {
                await side.PostAsync(length, isMeasured: true, cancellationToken);
                await side.GetAsync(length, isMeasured: true, cancellationToken);
            }
        }

        Console.WriteLine($"\n| call | original/s | ours/s | ratio |\n|---|---:|---:|---:|");
        Compare("POST /images/ (JSON)", theirs.PostRates, ours.PostRates);
        Compare("GET /images/{id}", theirs.GetRates, ours.GetRates);
    }

    private static void Compare(string call, List<double> theirs, List<double> ours) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {call} | {theirs.Average():0} | {ours.Average():0} | {ours.Average() / theirs.Average():0.0} |"));

    private sealed class Side(string name, Uri address, int connections) : IDisposable
    {
        private const int Images = 1000;

        private readonly HttpClient _http = new() { BaseAddress = address };
        private readonly string _paths = Path.GetTempFileName();
        private string _image = "";

        public Uri Address => address;

        public List<double> PostRates { get; } = [];

        public List<double> GetRates { get; } = [];

        /// <summary>Creates a user, and images to read.</summary>
        public async Task PrepareAsync(CancellationToken cancellationToken)
        {
            using var created = await _http.PostAsJsonAsync("/users/", new { username = $"bench-{Guid.NewGuid():n}" }, cancellationToken);
            var user = await IdAsync(created, cancellationToken);
            _image = JsonSerializer.Serialize(
                new { user_id = user, original_filename = "photo.jpg", width = 4000, height = 3000, file_size = 3_145_728, file_type = "jpeg" });
            var paths = new List<string>(Images);

            for (var i = 0; i < Images; i++)
            {
                using var content = new StringContent(_image, System.Text.Encoding.UTF8, "application/json");
                using var response = await _http.PostAsync("/images/", content, cancellationToken);
                paths.Add($"/images/{await IdAsync(response, cancellationToken)}");
            }

            await File.WriteAllLinesAsync(_paths, paths, cancellationToken);
        }

        public Task PostAsync(TimeSpan length, bool isMeasured, CancellationToken cancellationToken) =>
            RunAsync("POST", "post", _image, length, isMeasured ? PostRates : null, cancellationToken);

        public Task GetAsync(TimeSpan length, bool isMeasured, CancellationToken cancellationToken) =>
            RunAsync("GET", "get", _paths, length, isMeasured ? GetRates : null, cancellationToken);

        public void Dispose()
        {
            _http.Dispose();
            File.Delete(_paths);
        }

        private async Task RunAsync(string title, string call, string argument, TimeSpan length, List<double>? rates, CancellationToken cancellationToken)
        {
            var result = await Wrk.RunAsync(address, connections, length, call, argument, cancellationToken);

            if (rates is not null)
            {
                rates.Add(result.Rate);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name}: {title} | {result.Count} | {result.P50Us / 1e3:0.0} | {result.P90Us / 1e3:0.0} | {result.P99Us / 1e3:0.0} | {result.P999Us / 1e3:0.0} | {result.MaxUs / 1e3:0.0} |"));
            }
        }

        private static async Task<long> IdAsync(HttpResponseMessage response, CancellationToken cancellationToken)
        {
            response.EnsureSuccessStatusCode();
            return (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetInt64();
        }
    }
}
