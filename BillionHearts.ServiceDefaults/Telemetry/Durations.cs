using System.Diagnostics.Metrics;

namespace BillionHearts.ServiceDefaults.Telemetry;

/// <summary>The buckets of every histogram of durations in the system, so that they can be compared.</summary>
public static class Durations
{
    /// <summary>
    /// In seconds. OpenTelemetry's own boundaries are meant for milliseconds and put every upload into the first bucket. These
    /// are close together around 100 ms, where the service level objectives are, and end at 30 s, where requests and analyses time out.
    /// </summary>
    public static InstrumentAdvice<double> Buckets { get; } = new()
    {
        HistogramBucketBoundaries =
            [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 20, 30],
    };
}
