namespace BillionHearts.Dashboard.Telemetry.Metrics;

/// <summary>What a page needs of an instrument, copied out from under the lock.</summary>
internal sealed record InstrumentView(InstrumentInfo Info, SeriesView[] Series, long Overflow)
{
    /// <summary>Attribute names with the values that occur, to filter by.</summary>
    public IEnumerable<(string Name, string[] Values)> Dimensions => Series
        .SelectMany(series => series.Attributes)
        .GroupBy(attribute => attribute.Key, StringComparer.Ordinal)
        .Select(group => (group.Key, group.Select(attribute => attribute.Value).Distinct().Order(StringComparer.OrdinalIgnoreCase).ToArray()))
        .OrderBy(dimension => dimension.Key, StringComparer.OrdinalIgnoreCase);
}

internal sealed record SeriesView(
    TelemetryResource Resource, List<KeyValuePair<string, string>> Attributes, MetricPoint[] Points, Exemplar[] Exemplars)
{
    public static SeriesView Of(TelemetryResource resource, Series series, long since)
    {
        var points = series.Points;
        var first = points.Count;

        while (first > 0 && points[first - 1].Ticks >= since)
        {
            first--;
        }

        return new(
            resource,
            series.Attributes.ToList(),
            [.. points.Skip(Math.Max(0, first - 1))],
            [.. series.Exemplars.Where(exemplar => exemplar.Ticks >= since)]);
    }

    /// <summary>The newest point not after a time.</summary>
    public MetricPoint? At(long ticks) => CountUpTo(ticks) is > 0 and var count ? Points[count - 1] : null;

    /// <summary>The first point after a time.</summary>
    public MetricPoint? After(long ticks) => CountUpTo(ticks) is var count && count < Points.Length ? Points[count] : null;

    /// <summary>A total between two points, by a straight line: a process that reports once a minute did not do it all in one second.</summary>
    public double? TotalAt(long ticks)
    {
        var next = Array.FindIndex(Points, point => point.Ticks >= ticks);

        if (next < 0 || (next is 0 && Points[0].Ticks > ticks))
        {
            return null;
        }

        if (next is 0)
        {
            return Points[0].Value;
        }

        var (before, after) = (Points[next - 1], Points[next]);
        return before.Value + ((after.Value - before.Value) * ((ticks - before.Ticks) / (double)(after.Ticks - before.Ticks)));
    }

    private int CountUpTo(long ticks)
    {
        var (low, high) = (0, Points.Length - 1);

        while (low <= high)
        {
            var middle = (low + high) / 2;
            (low, high) = Points[middle].Ticks <= ticks ? (middle + 1, high) : (low, middle - 1);
        }

        return low;
    }
}
