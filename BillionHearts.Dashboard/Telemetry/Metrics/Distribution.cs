namespace BillionHearts.Dashboard.Telemetry.Metrics;

/// <summary>How often values fell between bounds. Bucket <c>i</c> holds values up to <c>Bounds[i]</c>; the last has no upper bound.</summary>
internal sealed record Distribution(double[] Bounds, long[] Counts, double Sum)
{
    /// <summary>Beyond this many, merged exponential buckets are worth neither the memory nor the precision.</summary>
    public const int MostBounds = 640;

    public static Distribution Empty { get; } = new([], [0], 0);

    public long Count => Counts.Sum();

    /// <summary>A sender may write any numbers; only these make a histogram.</summary>
    public bool IsSound => Counts.Length == Bounds.Length + 1
        && Bounds.Length <= MostBounds
        && double.IsFinite(Sum)
        && Array.TrueForAll(Bounds, double.IsFinite)
        && Enumerable.Range(1, Math.Max(0, Bounds.Length - 1)).All(i => Bounds[i] > Bounds[i - 1]);

    public double Mean => Count is 0 ? 0 : Sum / Count;

    public static Distribution operator +(Distribution one, Distribution other)
    {
        if (one.Bounds.AsSpan().SequenceEqual(other.Bounds))
        {
            // The older array, so that all points of a series share one.
            return new(one.Bounds, [.. one.Counts.Zip(other.Counts, (a, b) => a + b)], one.Sum + other.Sum);
        }

        if (one.Counts.All(count => count is 0) || one.Bounds.Length + other.Bounds.Length > MostBounds)
        {
            return other;
        }

        var bounds = one.Bounds.Union(other.Bounds).Order().ToArray();
        var counts = new long[bounds.Length + 1];
        one.AddTo(bounds, counts);
        other.AddTo(bounds, counts);
        return new(bounds, counts, one.Sum + other.Sum);
    }

    /// <summary>What came since <paramref name="earlier"/>, of which this is a continuation.</summary>
    public Distribution Since(Distribution earlier)
    {
        var counts = new long[Counts.Length];
        long before = 0;

        for (var i = 0; i < counts.Length; i++)
        {
            var upTo = i < Bounds.Length ? earlier.CountUpTo(Bounds[i]) : earlier.Count;
            counts[i] = Math.Max(0, Counts[i] - (upTo - before));
            before = upTo;
        }

        return new(Bounds, counts, Sum - earlier.Sum);
    }

    /// <summary>By straight lines inside a bucket, as Prometheus does; null when there is nothing.</summary>
    public double? Percentile(double fraction)
    {
        var rank = fraction * Count;
        long passed = 0;

        for (var i = 0; i < Counts.Length; i++)
        {
            if (Counts[i] is 0 || passed + Counts[i] < rank)
            {
                passed += Counts[i];
                continue;
            }

            // The open buckets at both ends have one bound only, which is the best that can be said.
            if (i == Bounds.Length)
            {
                return i is 0 ? Mean : Bounds[i - 1];
            }

            var lower = i is 0 ? Math.Min(0, Bounds[0]) : Bounds[i - 1];
            return lower + ((Bounds[i] - lower) * ((rank - passed) / Counts[i]));
        }

        return null;
    }

    private long CountUpTo(double bound)
    {
        long count = 0;

        // A hair of tolerance: the same exponential bound is computed at two scales.
        for (var i = 0; i < Bounds.Length && Bounds[i] <= bound + (Math.Abs(bound) * 1e-9); i++)
        {
            count += Counts[i];
        }

        return count;
    }

    private void AddTo(double[] bounds, long[] counts)
    {
        for (var i = 0; i < Counts.Length; i++)
        {
            counts[i < Bounds.Length ? Array.BinarySearch(bounds, Bounds[i]) : bounds.Length] += Counts[i];
        }
    }
}
