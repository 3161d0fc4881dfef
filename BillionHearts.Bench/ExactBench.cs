using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// Checks that files of random sizes, uploaded in turns as a form and as raw content, come back bit for bit: as a download, by a
/// random range, and twice from their media address, the second time from the cache.
/// </summary>
internal static class ExactBench
{
    /// <returns>Whether all came back unchanged.</returns>
    public static async Task<bool> RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var count = options.GetValue("count", 1000);
        var largest = options.GetValue("largest", 5_000_000);
        var random = new Random(options.GetValue("seed", 1));
        var picture = TestImages.Jpeg(64, 48);
        using var client = new BenchClient(options);
        var user = await client.CreateUserAsync(cancellationToken);
        var (bytes, hits) = (0L, 0);
        List<string> faults = [];

        for (var i = 0; i < count && faults.Count < 10; i++)
        {
            // Every order of magnitude is equally likely. A file may have any bytes after the picture.
            var file = new byte[picture.Length + (int)Math.Exp(random.NextDouble() * Math.Log(largest))];
            random.NextBytes(file);
            picture.CopyTo(file, 0);
            var image = i % 2 is 0 ? await client.UploadImageAsync(user, file, cancellationToken) : await client.PutContentAsync(user, file, cancellationToken);
            var (id, url) = (image.GetProperty("id").GetInt64(), new Uri(image.GetProperty("url").GetString()!));
            var from = random.Next(file.Length);
            var to = from + random.Next(file.Length - from);

            await CompareAsync("download", $"/images/{id}/download", range: null, file);
            await CompareAsync("range", $"/images/{id}/download", new RangeHeaderValue(from, to), file.AsMemory(from, to - from + 1));
            await CompareAsync("media", url.PathAndQuery, range: null, file);
            hits += await CompareAsync("cache", url.PathAndQuery, range: null, file) ? 1 : 0;
            await CompareAsync("range from the cache", url.PathAndQuery, new RangeHeaderValue(from, to), file.AsMemory(from, to - from + 1));
            bytes += file.Length;

            async Task<bool> CompareAsync(string what, string path, RangeHeaderValue? range, ReadOnlyMemory<byte> expected)
            {
                var (actual, isHit) = await client.GetBytesAsync(path, range, cancellationToken);

                if (!actual.AsSpan().SequenceEqual(expected.Span))
                {
                    faults.Add($"{what} of image {id}, {file.Length} bytes: {actual.Length} bytes with SHA-256 {Convert.ToHexStringLower(SHA256.HashData(actual))}");
                }

                return isHit;
            }
        }

        Console.WriteLine($"{count} files, {bytes / 1e6:0} MB together: {(faults is [] ? "all bit-exact, as download, by range, from media and from the cache" : string.Join('\n', faults))}.");
        Console.WriteLine($"{hits} of {count} second reads answered by the cache.");
        return faults is [];
    }
}
