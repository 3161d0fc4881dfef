using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using NetVips;

namespace BillionHearts.Bench;

/// <summary>
/// Renditions that were not requested before, of 12-megapixel photos, one at a time: through the gateway, and by sharp from the same files.
/// The two sides take turns in blocks, in one run, timed by the same client.
/// </summary>
internal static class RenditionBench
{
    private const string Rendition = "512x512-fit.webp";
    private const int Side = 512;
    private const int UploadedAtOnce = 2;

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var count = options.GetValue("count", 200);
        var block = options.GetValue("block", 20);
        var warmUp = options.GetValue("warm-up", 5);
        var peerAlone = options.GetValue("peer-alone", false);
        var photos = new PhotoFolder(options.GetValue("width", 4000), options.GetValue("height", 3000), options.GetValue("quality", 88));

        // The first files warm up both sides and are not measured.
        var files = photos.Make(warmUp + count, cancellationToken);
        Console.WriteLine(
            $"{count} JPEGs of {photos.Width} x {photos.Height}, {files.Average(file => new FileInfo(file).Length) / 1e6:0.0} MB each, blocks of {block}; {warmUp} before them warm up.\n");

        await using var sharp = await SharpServer.StartAsync(photos.Path, cancellationToken);
        using var theirs = new Contestant("sharp", sharp.Address, [.. files.Select(file => $"/rendition/{Path.GetFileName(file)}")]);
        using var ours = peerAlone ? null : await UploadedAsync(options, files, cancellationToken);
        Contestant[] sides = ours is null ? [theirs] : [ours, theirs];

        foreach (var side in sides)
        {
            await side.AskAsync(0, warmUp, isMeasured: false, cancellationToken);
        }

        for (var (from, turn) = (warmUp, 0); from < files.Count; from += block, turn++)
        {
            foreach (var side in turn % 2 is 0 ? sides : [.. sides.Reverse()])
            {
                await side.AskAsync(from, Math.Min(from + block, files.Count), isMeasured: true, cancellationToken);
            }
        }

        Contestant.PrintHeader();
        Array.ForEach(sides, side => side.Print());
        Array.ForEach(sides, side => side.PrintBytes());
    }

    /// <summary>Uploads all files, waits until they are analyzed, and gets the address of each rendition without reading it.</summary>
    private static async Task<Contestant> UploadedAsync(IConfiguration options, List<string> files, CancellationToken cancellationToken)
    {
        using var client = new BenchClient(options);
        var user = await client.CreateUserAsync(cancellationToken);
        var paths = new string[files.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = UploadedAtOnce, CancellationToken = cancellationToken };

        await Parallel.ForAsync(0, files.Count, parallel, async (i, cancel) =>
        {
            // Different files in each run: the system may recognize content from an earlier run.
            var photo = DetailedPhotos.Distinct(await File.ReadAllBytesAsync(files[i], cancel), i);
            var id = (await client.UploadImageAsync(user, photo, cancel)).GetProperty("id").GetInt64();
            await client.GetAnalyzedAsync(id, cancel);
            paths[i] = await client.GetRedirectAsync($"/images/{id}/renditions/{Rendition}", cancel);
        });

        return new Contestant("ours, from no cache", client.Gateway, paths) { MustMiss = true };
    }

    private sealed class Contestant(string name, Uri address, string[] paths) : IDisposable
    {
        private readonly BenchClient _client = new(address);
        private readonly Latencies _latencies = new(name);
        private long _bytes;

        /// <summary>Whether an answer from a cache is an error.</summary>
        public bool MustMiss { get; init; }

        public static void PrintHeader() => Console.WriteLine("| what | count | P50 ms | P95 ms | P99 ms | max ms |\n|---|---:|---:|---:|---:|---:|");

        /// <summary>Requests the renditions of a range of photos, one after the other.</summary>
        /// <exception cref="InvalidOperationException">An answer was not the rendition, or came from a cache.</exception>
        public async Task AskAsync(int from, int to, bool isMeasured, CancellationToken cancellationToken)
        {
            for (var i = from; i < to; i++)
            {
                var askedAt = Stopwatch.GetTimestamp();
                var (bytes, isHit) = await _client.GetBytesAsync(paths[i], range: null, cancellationToken);
                var elapsed = Stopwatch.GetElapsedTime(askedAt);

                using var picture = Image.NewFromBuffer(bytes);
                var loader = picture.Get("vips-loader") as string;

                if (Math.Max(picture.Width, picture.Height) is not Side || loader?.StartsWith("webp", StringComparison.Ordinal) is not true || (isHit && MustMiss))
                {
                    throw new InvalidOperationException($"{name}: {paths[i]} is {picture.Width} x {picture.Height} by {loader}{(isHit ? ", from the cache" : "")}.");
                }

                if (isMeasured)
                {
                    _latencies.Record(elapsed);
                    _bytes += bytes.Length;
                }
            }
        }

        public void Print() => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {_latencies.Count} | {_latencies.At(50):0.0} | {_latencies.At(95):0.0} | {_latencies.At(99):0.0} | {_latencies.At(100):0.0} |"));

        public void PrintBytes() => Console.WriteLine($"\n{name}: {_bytes / Math.Max(1, _latencies.Count) / 1000.0:0.0} KB each.");

        public void Dispose() => _client.Dispose();
    }
}
