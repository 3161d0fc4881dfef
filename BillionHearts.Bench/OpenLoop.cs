using System.Diagnostics;

namespace BillionHearts.Bench;

/// <summary>Arrivals at a fixed rate, whether or not what came earlier has been answered.</summary>
internal static class OpenLoop
{
    /// <summary>Ends when all that arrived has been answered.</summary>
    /// <param name="arrive">Gets its number, and when it was due: never later than now, and what time counts from.</param>
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
                // A delay is of whole milliseconds, and one of part of them would be none.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), cancellationToken);
            }

            arrivals.Add(arrive(i, start + (long)(due.TotalSeconds * Stopwatch.Frequency)));
        }

        await Task.WhenAll(arrivals);
    }
}
