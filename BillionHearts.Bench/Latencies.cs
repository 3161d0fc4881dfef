using System.Diagnostics;
using System.Globalization;
using HdrHistogram;

namespace BillionHearts.Bench;

/// <summary>Durations of one kind, recorded in microseconds with three significant digits, up to ten minutes.</summary>
internal sealed class Latencies(string name)
{
    private readonly LongConcurrentHistogram _histogram = new(1, 600_000_000, 3);

    public long Count => _histogram.TotalCount;

    public void Record(long startedAt) => Record(Stopwatch.GetElapsedTime(startedAt));

    public void Record(TimeSpan elapsed) => _histogram.RecordValue(Math.Max(1, (long)elapsed.TotalMicroseconds));

    public static void PrintHeader() => Console.WriteLine("| what | count | P50 ms | P90 ms | P99 ms | P99.9 ms | max ms |\n|---|---:|---:|---:|---:|---:|---:|");

    public void Print() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {_histogram.TotalCount} | {At(50):0.0} | {At(90):0.0} | {At(99):0.0} | {At(99.9):0.0} | {At(100):0.0} |"));

    /// <returns>Milliseconds.</returns>
    public double At(double percentile) => _histogram.TotalCount is 0 ? 0 : _histogram.GetValueAtPercentile(percentile) / 1000.0;
}
