using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace BillionHearts.Bench;

/// <summary>Both times of each upload, until it is answered and until it is analyzed, by the part of the run in which it was due.</summary>
internal sealed class Journal(int expected, int parts)
{
    private readonly Latencies[] _uploads = [.. Enumerable.Range(1, parts).Select(part => new Latencies($"{part}"))];
    private readonly Latencies[] _analyzed = [.. Enumerable.Range(1, parts).Select(part => new Latencies($"{part}"))];
    private readonly ConcurrentDictionary<long, (int Part, long DueAt)> _waiting = [];

    // An event may arrive before the answer to its upload.
    private readonly ConcurrentDictionary<long, (long At, bool IsAnalyzed)> _early = [];
    private readonly ConcurrentBag<string> _refusals = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _ended;
    private int _failed;

    public Latencies Uploads { get; } = new("all");

    public Latencies Analyzed { get; } = new("all");

    public IReadOnlyList<Latencies> AnalyzedByPart => _analyzed;

    /// <summary>Completed when each upload is refused, analyzed or failed.</summary>
    public Task AllEnded => _done.Task;

    /// <summary>Whether each upload was accepted and analyzed.</summary>
    public bool IsComplete => _refusals.IsEmpty && _failed is 0 && _ended == expected;

    public void Answered(int number, long dueAt, long id, string? refusal)
    {
        var part = Math.Min(parts - 1, (int)((long)number * parts / expected));
        _uploads[part].Record(dueAt);
        Uploads.Record(dueAt);

        if (refusal is not null)
        {
            _refusals.Add(refusal);
            Count();
            return;
        }

        _waiting[id] = (part, dueAt);

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

    /// <param name="part">The heading of the first column.</param>
    public void Print(string part)
    {
        Console.WriteLine($"| {part} | uploads | P50 ms | P99 ms | max ms | to analyzed: P50 ms | P95 ms | max ms |\n|---|---:|---:|---:|---:|---:|---:|---:|");
        for (var i = 0; i < parts; i++)
        {
            PrintLine($"{i + 1}", _uploads[i], _analyzed[i]);
        }

        PrintLine("all");
    }

    public void PrintLine(string name) => PrintLine(name, Uploads, Analyzed);

    public string Describe() =>
        $"{_refusals.Count} refused{(_refusals.FirstOrDefault() is { } first ? $", such as: {first}" : "")}; {_failed} failed to be analyzed; {_waiting.Count} not yet analyzed.";

    private static void PrintLine(string name, Latencies uploads, Latencies analyzed) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {uploads.Count} | {uploads.At(50):0.0} | {uploads.At(99):0.0} | {uploads.At(100):0.0} | {analyzed.At(50):0} | {analyzed.At(95):0} | {analyzed.At(100):0} |"));

    private void End(long id, long at, bool isAnalyzed)
    {
        if (!_waiting.TryRemove(id, out var upload))
        {
            return;
        }

        var elapsed = Stopwatch.GetElapsedTime(upload.DueAt, at);
        _analyzed[upload.Part].Record(elapsed);
        Analyzed.Record(elapsed);
        _ = isAnalyzed ? 0 : Interlocked.Increment(ref _failed);
        Count();
    }

    private void Count()
    {
        if (Interlocked.Increment(ref _ended) == expected)
        {
            _done.TrySetResult();
        }
    }
}
