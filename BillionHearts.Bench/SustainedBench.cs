using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// The highest rate of uploads that the whole system keeps up with: P99 of the answer within a limit, every upload analyzed, and P95 of the time from the
/// upload to its <c>analyzed</c> event within a limit, in each minute. The rate rises in steps, each long enough for a back-log to show.
/// </summary>
internal static class SustainedBench
{
    /// <summary>How long after the last upload an event may come. Without a back-log it comes at once.</summary>
    private static readonly TimeSpan s_drain = TimeSpan.FromMinutes(2);

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var limits = new Limits(options.GetValue("limit", 100.0), options.GetValue("analyzed-limit", 5000.0));
        var minutes = options.GetValue("minutes", 10);
        var (first, step, last) = (options.GetValue("first", 20.0), options.GetValue("step", 5.0), options.GetValue("last", 100.0));
        var photos = UploadBench.Photos(options);
        using var client = new BenchClient(options);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Steps of {step:0.#}/s from {first:0.#}/s, {minutes} minutes each, JPEGs of {photos.Average(photo => photo.Length) / 1000:0} KB, until a limit is exceeded.\n"));
        var highest = 0.0;

        // A back-log of the first seconds, while methods are compiled, would be worked off only in minutes at the highest rate.
        var warmUp = await client.CreateUserAsync(cancellationToken);
        await new Arrivals(client, warmUp, photos).RunAsync(first / 2, TimeSpan.FromSeconds(options.GetValue("warm-up", 30)), cancellationToken);
        await client.WaitForAllAnalyzedAsync(warmUp, cancellationToken);

        for (var rate = first; rate <= last; rate += step)
        {
            Console.WriteLine($"## {rate:0.#}/s\n");

            if (!await StepAsync(client, photos, rate, minutes, limits, cancellationToken))
            {
                break;
            }

            highest = rate;
        }

        Console.WriteLine($"Highest rate with upload P99 <= {limits.UploadMs:0} ms, all analyzed, P95 of that <= {limits.AnalyzedMs:0} ms in each minute: {highest:0.#}/s");
    }

    private static async Task<bool> StepAsync(BenchClient client, byte[][] photos, double rate, int minutes, Limits limits, CancellationToken cancellationToken)
    {
        var journal = new Journal(rate, minutes);
        var user = await client.CreateUserAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var stream = await client.OpenEventsAsync(user, cancellationToken);
        var listening = ListenAsync(stream, journal, stop.Token);

        await OpenLoop.RunAsync(rate, TimeSpan.FromMinutes(minutes), (i, dueAt) => UploadAsync(i, dueAt), cancellationToken);
        await Task.WhenAny(journal.AllAnalyzed, Task.Delay(s_drain, cancellationToken), listening);
        await stop.CancelAsync();
        journal.Print(TopologyProcesses.Megabytes("analysis"));
        return journal.IsWithin(limits);

        async Task UploadAsync(int i, long dueAt)
        {
            try
            {
                var (id, refusal) = await client.UploadAsync(user, photos[i % photos.Length], cancellationToken);
                journal.Answered(i, dueAt, id, refusal);
            }
            catch (HttpRequestException exception)
            {
                journal.Answered(i, dueAt, id: 0, exception.Message);
            }
        }
    }

    private static async Task ListenAsync(Stream stream, Journal journal, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
            {
                if (item.EventType is "image.analyzed" or "image.failed")
                {
                    journal.Ended(JsonElement.Parse(item.Data).GetProperty("image_id").GetInt64(), item.EventType is "image.analyzed");
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private sealed record Limits(double UploadMs, double AnalyzedMs);

    /// <summary>Both times of each upload, by the minute in which it was due.</summary>
    private sealed class Journal(double rate, int minutes)
    {
        private readonly Latencies[] _uploads = [.. Enumerable.Range(1, minutes).Select(minute => new Latencies($"{minute}"))];
        private readonly Latencies[] _analyzed = [.. Enumerable.Range(1, minutes).Select(minute => new Latencies($"{minute}"))];
        private readonly Latencies _all = new("all");
        private readonly Latencies _allAnalyzed = new("all");
        private readonly ConcurrentDictionary<long, (int Minute, long DueAt)> _waiting = [];

        // An event may arrive before the answer to its upload.
        private readonly ConcurrentDictionary<long, (long At, bool IsAnalyzed)> _early = [];
        private readonly ConcurrentBag<string> _refusals = [];
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly int _expected = (int)(rate * minutes * 60);
        private int _ended;
        private int _failed;

        public Task AllAnalyzed => _done.Task;

        public void Answered(int number, long dueAt, long id, string? refusal)
        {
            var minute = Math.Min(minutes - 1, (int)(number / (rate * 60)));
            _uploads[minute].Record(dueAt);
            _all.Record(dueAt);

            if (refusal is not null)
            {
                _refusals.Add(refusal);
                Count();
                return;
            }

            _waiting[id] = (minute, dueAt);

            if (_early.TryRemove(id, out var early))
            {
                End(id, early.At, early.IsAnalyzed);
            }
        }

        public void Ended(long id, bool isAnalyzed)
        {
            var now = Stopwatch.GetTimestamp();
            _early[id] = (now, isAnalyzed);

            if (_waiting.ContainsKey(id) && _early.TryRemove(id, out var early))
            {
                End(id, early.At, early.IsAnalyzed);
            }
        }

        private void End(long id, long at, bool isAnalyzed)
        {
            if (!_waiting.TryRemove(id, out var upload))
            {
                return;
            }

            var elapsed = Stopwatch.GetElapsedTime(upload.DueAt, at);
            _analyzed[upload.Minute].Record(elapsed);
            _allAnalyzed.Record(elapsed);
            _ = isAnalyzed ? 0 : Interlocked.Increment(ref _failed);
            Count();
        }

        private void Count()
        {
            if (Interlocked.Increment(ref _ended) == _expected)
            {
                _done.SetResult();
            }
        }

        public bool IsWithin(Limits limits) =>
            _all.At(99) <= limits.UploadMs && _refusals.IsEmpty && _failed is 0 && _ended == _expected && _analyzed.All(minute => minute.At(95) <= limits.AnalyzedMs);

        public void Print(double workerMegabytes)
        {
            Console.WriteLine("| minute | uploads | P50 ms | P99 ms | max ms | to analyzed: P50 ms | P95 ms | max ms |\n|---|---:|---:|---:|---:|---:|---:|---:|");
            for (var i = 0; i < minutes; i++)
            {
                PrintLine($"{i + 1}", _uploads[i], _analyzed[i]);
            }

            PrintLine("all", _all, _allAnalyzed);
            Console.WriteLine($"""

                {_refusals.Count} refused{(_refusals.FirstOrDefault() is { } first ? $", such as: {first}" : "")}; {_failed} failed to be analyzed; {_waiting.Count} not yet analyzed. Memory of analysis at the end: {workerMegabytes:0} MB.

                """);
        }

        private static void PrintLine(string name, Latencies uploads, Latencies analyzed) => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {uploads.Count} | {uploads.At(50):0.0} | {uploads.At(99):0.0} | {uploads.At(100):0.0} | {analyzed.At(50):0} | {analyzed.At(95):0} | {analyzed.At(100):0} |"));
    }
}
