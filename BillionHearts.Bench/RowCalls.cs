using System.Globalization;
using System.Text.Json;

namespace BillionHearts.Bench;

/// <summary>The calls of <see cref="RowsBench"/>, with random addresses for each size.</summary>
internal sealed class RowCalls(Uri api, int connections) : IDisposable
{
    private const int Ids = 20_000;
    private const int Lists = 1000;
    private const int Middles = 100;
    private const int PageSize = 100;
    private const int LargestPage = 1000;

    private readonly HttpClient _http = new() { BaseAddress = api };
    private readonly string _paths = Path.GetTempFileName();
    private readonly Dictionary<string, WrkResult> _smallest = [];
    private IReadOnlyList<(string Call, IReadOnlyList<string> Paths)> _calls = [];

    /// <summary>Chooses ids from the whole table, and pages of some users: the first, the second, and one in the middle of the list.</summary>
    public async Task ChooseAsync(long rows, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var ids = Enumerable.Range(0, Ids).Select(_ => $"/images/{ImageRows.FirstId + random.NextInt64(rows)}").ToList();
        var users = Enumerable.Range(0, ImageRows.Users(rows)).ToArray();
        random.Shuffle(users);

        var firsts = users.Take(Lists).Select(user => $"/users/{ImageRows.FirstId + user}/images").ToList();
        var (seconds, middles) = (new List<string>(), new List<string>());

        foreach (var first in firsts)
        {
            seconds.Add(await NextAsync(first, PageSize, cancellationToken));
        }

        foreach (var first in firsts.Take(Middles))
        {
            middles.Add(await MiddleAsync(first, rows / users.Length, cancellationToken));
        }

        _calls = [("GET /images/{id}", ids), ("GET /users/{id}/images", firsts), ("its second page", seconds), ("a page half-way", middles)];
    }

    public async Task RunAsync(long rows, TimeSpan warmUp, TimeSpan length, bool isMeasured, CancellationToken cancellationToken)
    {
        foreach (var (call, paths) in _calls)
        {
            await File.WriteAllLinesAsync(_paths, paths, cancellationToken);
            await Wrk.RunAsync(api, connections, warmUp, "get", _paths, cancellationToken);
            var result = await Wrk.RunAsync(api, connections, length, "get", _paths, cancellationToken);

            if (isMeasured)
            {
                _smallest.TryAdd(call, result);
                Print(rows, call, result, _smallest[call]);
            }
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        File.Delete(_paths);
    }

    /// <summary>The path of a page after about half of a user's images, found by paging in large steps.</summary>
    private async Task<string> MiddleAsync(string path, long images, CancellationToken cancellationToken)
    {
        var step = (int)Math.Min(images / 2, LargestPage);
        var page = $"{path}?limit={step}";

        for (var passed = 0L; passed + step <= images / 2; passed += step)
        {
            page = await NextAsync(page, step, cancellationToken);
        }

        return page.Replace($"limit={step}", $"limit={PageSize}", StringComparison.Ordinal);
    }

    /// <returns>The path of the page after this one, which must be full.</returns>
    private async Task<string> NextAsync(string path, int size, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(path, cancellationToken);
        response.EnsureSuccessStatusCode();
        var shown = JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellationToken)).GetArrayLength();

        return shown == size && response.Headers.TryGetValues("Link", out var links) && links.First().Split('<', '>') is [_, var next, ..]
            ? new Uri(next).PathAndQuery
            : throw new InvalidOperationException($"{path} has {shown} images, and no page after it.");
    }

    private static void Print(long rows, string call, WrkResult result, WrkResult smallest) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {rows:N0} | {call} | {result.Count} | {result.Rate:0} | {result.P50Us / 1e3:0.00} | {result.P99Us / 1e3:0.00} | {Ratio(result.P50Us, smallest.P50Us):0.00} | {Ratio(result.P99Us, smallest.P99Us):0.00} |"));

    private static double Ratio(long us, long smallest) => (double)us / Math.Max(1, smallest);
}
