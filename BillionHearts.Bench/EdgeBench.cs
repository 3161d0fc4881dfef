using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// Compares cached media of the edge with nginx that serves the same bytes as files, in one run and in turns: first requests per second in a
/// closed loop by <see cref="Wrk"/>, then latency at a fixed rate.
/// </summary>
internal static class EdgeBench
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var rounds = options.GetValue("rounds", 5);
        var length = TimeSpan.FromSeconds(options.GetValue("seconds", 5));
        var connections = options.GetValue("connections", 16);
        var gateway = new Uri(options.GetValue("gateway", "http://localhost:8080")!);
        using var client = new BenchClient(options);
        var media = await UploadAsync(client, DetailedPhotos.Jpeg(seed: 1), cancellationToken);

        await using var fileServer = await StaticServer.StartAsync(media.ToDictionary(one => one.Name, one => one.Bytes), cancellationToken);
        using var files = new BenchClient(fileServer.Address);
        var contests = media.Select(one => new Contest(one, new Uri(gateway, one.Path), new Uri(fileServer.Address, $"/{one.Name}"))).ToList();

        foreach (var contest in contests)
        {
            await contest.CheckAsync(client, files, cancellationToken);
        }

        Console.WriteLine(
            $"{string.Join(", ", media.Select(one => $"{one.Name} of {one.Bytes.Length} bytes"))}; {rounds} rounds of {length.TotalSeconds:0} s a side, {connections} connections.\n");
        Console.WriteLine("| what | edge/s | files/s | ratio |\n|---|---:|---:|---:|");

        foreach (var contest in contests)
        {
            await contest.RaceAsync(connections, s_warmUp, edgeFirst: true, isMeasured: false, cancellationToken);
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var contest in contests)
            {
                await contest.RaceAsync(connections, length, edgeFirst: round % 2 is 0, isMeasured: true, cancellationToken);
                contest.PrintRound(round);
            }
        }

        contests.ForEach(contest => contest.PrintMedian());
        await SteadyAsync(options, contests, cancellationToken);
    }

    private static async Task SteadyAsync(IConfiguration options, List<Contest> contests, CancellationToken cancellationToken)
    {
        var rate = options.GetValue("rate", 2000.0);
        var connections = options.GetValue("steady-connections", 64);
        var turns = options.GetValue("turns", 3);
        var turn = TimeSpan.FromSeconds(options.GetValue("steady", 30.0) / turns);
        Console.WriteLine($"\n{rate:0.#}/s, open loop over {connections} connections, {turns} turns of {turn.TotalSeconds:0.#} s a side:\n");

        foreach (var contest in contests)
        {
            await contest.SteadyAsync(rate, s_warmUp, connections, edgeFirst: true, isMeasured: false, cancellationToken);
        }

        for (var i = 0; i < turns; i++)
        {
            foreach (var contest in contests)
            {
                await contest.SteadyAsync(rate, turn, connections, edgeFirst: i % 2 is 0, isMeasured: true, cancellationToken);
            }
        }

        Latencies.PrintHeader();
        contests.ForEach(contest => contest.PrintLatencies());
        contests.ForEach(contest => contest.PrintFailures());
    }

    /// <summary>Uploads a photo, and reads the two addresses that are measured once.</summary>
    private static async Task<IReadOnlyList<Media>> UploadAsync(BenchClient client, byte[] photo, CancellationToken cancellationToken)
    {
        var uploaded = await client.UploadImageAsync(await client.CreateUserAsync(cancellationToken), photo, cancellationToken);
        var image = await client.GetAnalyzedAsync(uploaded.GetProperty("id").GetInt64(), cancellationToken);
        var thumb = new Uri(image.GetProperty("renditions").GetProperty("thumb").GetProperty("url").GetString()!);
        var original = new Uri(image.GetProperty("url").GetString()!);
        return [await MediaAsync("thumb", thumb), await MediaAsync("original", original)];

        async Task<Media> MediaAsync(string name, Uri url) =>
            new(name, url.PathAndQuery, (await client.GetBytesAsync(url.PathAndQuery, range: null, cancellationToken)).Bytes);
    }

    private sealed record Media(string Name, string Path, byte[] Bytes);

    /// <summary>One file, from the edge and from the file server that it is compared with.</summary>
    private sealed class Contest(Media media, Uri edge, Uri files)
    {
        private readonly List<double> _edgeRates = [];
        private readonly List<double> _fileRates = [];
        private readonly Latencies _edgeLatencies = new($"edge: {media.Name}");
        private readonly Latencies _fileLatencies = new($"files: {media.Name}");
        private readonly List<string> _failures = [];

        /// <summary>Checks that both sides answer with the same bytes, and the edge from its cache.</summary>
        /// <exception cref="InvalidOperationException">A side answers with other bytes, or the edge not from its cache.</exception>
        public async Task CheckAsync(BenchClient ours, BenchClient theirs, CancellationToken cancellationToken)
        {
            var (bytes, isHit) = await ours.GetBytesAsync(edge.PathAndQuery, range: null, cancellationToken);
            var (same, _) = await theirs.GetBytesAsync(files.PathAndQuery, range: null, cancellationToken);

            if (!isHit || !bytes.AsSpan().SequenceEqual(media.Bytes) || !same.AsSpan().SequenceEqual(media.Bytes))
            {
                throw new InvalidOperationException($"{media.Name}: {bytes.Length} bytes from the edge, {(isHit ? "a hit" : "no hit")}, and {same.Length} from files.");
            }
        }

        public async Task RaceAsync(int connections, TimeSpan length, bool edgeFirst, bool isMeasured, CancellationToken cancellationToken)
        {
            foreach (var isEdge in edgeFirst ? new[] { true, false } : [false, true])
            {
                var result = await Wrk.GetAsync(isEdge ? edge : files, connections, length, cancellationToken);

                // wrk checks the status, but not whether an answer is complete.
                if (result.Bytes / Math.Max(1, result.Count) < media.Bytes.Length)
                {
                    throw new InvalidOperationException($"{media.Name}: {result.Count} answers had {result.Bytes} bytes.");
                }

                if (isMeasured)
                {
                    (isEdge ? _edgeRates : _fileRates).Add(result.Rate);
                }
            }
        }

        public async Task SteadyAsync(double rate, TimeSpan length, int connections, bool edgeFirst, bool isMeasured, CancellationToken cancellationToken)
        {
            foreach (var isEdge in edgeFirst ? new[] { true, false } : [false, true])
            {
                var reader = new SteadyReader(isEdge ? edge : files, connections, mark: isEdge ? "\r\nX-Cache: HIT\r\n" : "");
                await reader.RunAsync(rate, length, isMeasured ? (isEdge ? _edgeLatencies : _fileLatencies) : new Latencies("warm-up"), cancellationToken);
                _failures.AddRange(reader.Failures);
            }
        }

        public void PrintRound(int round) => PrintRates($"{media.Name}, round {round + 1}", _edgeRates[round], _fileRates[round]);

        public void PrintMedian() => PrintRates($"{media.Name}, median", Median(_edgeRates), Median(_fileRates));

        public void PrintLatencies()
        {
            _edgeLatencies.Print();
            _fileLatencies.Print();
        }

        public void PrintFailures() =>
            Console.WriteLine($"\n{media.Name}: {(_failures is [] ? "every answer was a 200, and every one of the edge a hit" : $"{_failures.Count} failed or no hit, such as: {_failures[0]}")}.");

        private static void PrintRates(string what, double ours, double theirs) => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {what} | {ours:0} | {theirs:0} | {ours / theirs:0.00} |"));

        private static double Median(List<double> values)
        {
            var ordered = values.Order().ToList();
            return (ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2;
        }
    }
}
