using BillionHearts.Dashboard.Telemetry.Metrics;
using OpenTelemetry.Proto.Metrics.V1;
using Buckets = OpenTelemetry.Proto.Metrics.V1.ExponentialHistogramDataPoint.Types.Buckets;

namespace BillionHearts.Dashboard.Intake;

/// <summary>
/// Exponential buckets with their bounds written out: bucket <c>i</c> of scale <c>s</c> holds values in
/// <c>(base^i, base^(i+1)]</c>, where <c>base = 2^(2^-s)</c>.
/// </summary>
internal static class ExponentialBuckets
{
    private const int LowestScale = -10;
    private const int HighestScale = 20;

    /// <summary>Null when the numbers make no histogram.</summary>
    public static Distribution? Read(ExponentialHistogramDataPoint point)
    {
        var (negative, positive) = (point.Negative ?? new(), point.Positive ?? new());

        if (point.Scale is < LowestScale or > HighestScale
            || negative.BucketCounts.Count + positive.BucketCounts.Count + 1 > Distribution.MostBounds)
        {
            return null;
        }

        var bounds = new List<double>();
        var counts = new List<long>();

        AddNegative(negative, point.Scale, bounds, counts);
        bounds.Add(point.ZeroThreshold);
        counts.Add(Count(point.ZeroCount));
        AddPositive(positive, point.Scale, bounds, counts);
        counts.Add(0);

        var distribution = new Distribution([.. bounds], [.. counts], point.Sum);
        return distribution.IsSound ? distribution : null;
    }

    private static void AddNegative(Buckets buckets, int scale, List<double> bounds, List<long> counts)
    {
        for (var i = buckets.BucketCounts.Count - 1; i >= 0; i--)
        {
            bounds.Add(-Bound(scale, (long)buckets.Offset + i));
            counts.Add(Count(buckets.BucketCounts[i]));
        }
    }

    private static void AddPositive(Buckets buckets, int scale, List<double> bounds, List<long> counts)
    {
        if (buckets.BucketCounts.Count > 0 && Bound(scale, buckets.Offset) > bounds[^1])
        {
            // Nothing lies between zero and the first bucket; without this bound the first would seem to begin at zero.
            bounds.Add(Bound(scale, buckets.Offset));
            counts.Add(0);
        }

        for (var i = 0; i < buckets.BucketCounts.Count; i++)
        {
            bounds.Add(Bound(scale, (long)buckets.Offset + i + 1));
            counts.Add(Count(buckets.BucketCounts[i]));
        }
    }

    private static double Bound(int scale, long index) => Math.Pow(2, index * Math.Pow(2, -scale));

    private static long Count(ulong count) => (long)Math.Min(count, 1UL << 48);
}
