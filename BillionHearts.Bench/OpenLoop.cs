using System.Diagnostics;

namespace BillionHearts.Bench;

/// <summary>Arrivals at a fixed rate, whether or not earlier ones have been answered.</summary>
internal static class OpenLoop
{
    /// <summary>Ends when all arrivals have been answered.</summary>
    /// <param name="arrive">Gets the number of the arrival and the time when it was due, which is never later than now. Latency counts from that time.</param>
    public static async Task RunAsync(double rate, TimeSpan duration, Func<int, long, Task> arrive, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var count = (int)(rate * duration.TotalSeconds);
        var arrivals = new List<Task>(count);

        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds(i / rate);

            while (due - Stopwatch.GetElapsedTime(start) is { } wait && wait > TimeSpan.Zero)
            {
                // A delay has whole milliseconds; a fraction would be rounded down to no delay.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), cancellationToken);
            }

            arrivals.Add(arrive(i, start + (long)(due.TotalSeconds * Stopwatch.Frequency)));
        }

        await Task.WhenAll(arrivals);
    }
}
