using BillionHearts.Dashboard.Telemetry.Metrics;

namespace BillionHearts.Dashboard.Pages.Metrics;

/// <summary>
/// An instrument over a span of time: a counter as its increase per second, a histogram as percentiles of what fell into each
/// moment, anything else as it was.
/// </summary>
internal sealed class ChartBuilder(InstrumentView view, DateTimeOffset now, TimeSpan window)
{
    private const int Steps = 60;
    private const int MostLines = 8;

    private static readonly (string Name, double Fraction)[] s_percentiles = [("P50", 0.5), ("P90", 0.9), ("P99", 0.99)];

    private readonly long _step = window.Ticks / Steps;
    private readonly long _stale = Math.Max(2 * window.Ticks / Steps, TimeSpan.FromSeconds(90).Ticks);

    /// <summary>Where the first point before the window may lie that an increase is counted from.</summary>
    public static TimeSpan LookBack { get; } = TimeSpan.FromMinutes(2);

    public Chart Build(IReadOnlyList<SeriesView> series, bool showCount)
    {
        // At whole steps, so that a chart moves on and does not tremble.
        var end = now.UtcTicks / _step * _step;
        var edges = Enumerable.Range(0, Steps + 1).Select(i => end - ((Steps - i) * _step)).ToArray();
        var isHistogram = view.Info.Kind is InstrumentKind.Histogram;
        var isRate = view.Info.Kind is InstrumentKind.Counter || (isHistogram && showCount);

        return new(
            [.. edges.Skip(1).Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero))],
            isHistogram && !showCount ? Percentiles(series, edges) : Lines(series, edges, isRate),
            isHistogram && !showCount ? Dots(series, edges) : [],
            new(isHistogram && showCount ? "1" : view.Info.Unit, isRate));
    }

    private ChartLine[] Percentiles(IReadOnlyList<SeriesView> series, long[] edges)
    {
        var fell = new Distribution?[edges.Length - 1];

        for (var i = 0; i < fell.Length; i++)
        {
            fell[i] = series.Select(one => FellBetween(one, edges[i], edges[i + 1])).OfType<Distribution>()
                .Aggregate((Distribution?)null, (sum, more) => sum is null ? more : sum + more);
        }

        return [.. s_percentiles.Select(percentile => new ChartLine(percentile.Name, [.. fell.Select(all => all?.Percentile(percentile.Fraction))]))];
    }

    // By the reports around it: a process that reports every 15 s says something about each second of them.
    private Distribution? FellBetween(SeriesView series, long from, long to)
    {
        var last = series.At(to) is { } point && point.Ticks > from ? point : series.After(to);

        if (last is not { Distribution: { } sum })
        {
            return null;
        }

        // One that began in the middle of the step counts from there.
        var first = series.At(from) ?? series.Points[0];
        return first.Distribution is { } before && last.Value.Ticks - first.Ticks <= Math.Max(_stale, to - from) ? sum.Since(before) : null;
    }

    private ChartLine[] Lines(IReadOnlyList<SeriesView> series, long[] edges, bool isRate)
    {
        var lines = series.Select(one => new ChartLine(NameOf(one), isRate ? Rates(one, edges) : Values(one, edges)))
            .Where(line => line.Values.Any(value => value is not null))
            .OrderByDescending(line => line.Values.Max(value => Math.Abs(value ?? 0)))
            .ToList();

        // A gauge has no sum that means anything; of a count, the rest together is better than the rest unseen.
        if (lines.Count > MostLines && view.Info.Kind is not InstrumentKind.Gauge)
        {
            var rest = lines.Skip(MostLines - 1).ToList();
            var sums = Enumerable.Range(0, edges.Length - 1).Select(i => rest.Any(line => line.Values[i] is not null) ? rest.Sum(line => line.Values[i] ?? 0) : (double?)null);
            lines = [.. lines.Take(MostLines - 1), new($"{rest.Count} others", [.. sums])];
        }

        return [.. lines.Take(MostLines)];
    }

    private double?[] Rates(SeriesView series, long[] edges)
    {
        var totals = edges.Select(series.TotalAt).ToArray();

        // One that began in the middle of the step counts from there.
        return [.. totals.Skip(1).Select((total, i) => total is null
            ? (double?)null
            : (total.Value - (totals[i] ?? series.Points[0].Value)) / TimeSpan.FromTicks(_step).TotalSeconds)];
    }

    // What a process said last is no longer so once it has been silent for longer than it ever is.
    private double?[] Values(SeriesView series, long[] edges) =>
        [.. edges.Skip(1).Select(edge => series.At(edge) is { } point && edge - point.Ticks <= _stale ? point.Value : (double?)null)];

    private static ChartDot[] Dots(IReadOnlyList<SeriesView> series, long[] edges) =>
    [
        .. series.SelectMany(one => one.Exemplars)
            .Where(exemplar => exemplar.Ticks >= edges[0] && exemplar.Ticks <= edges[^1])
            .OrderByDescending(exemplar => exemplar.Ticks)
            .Take(60)
            .Select(exemplar => new ChartDot(new(exemplar.Ticks, TimeSpan.Zero), exemplar.Value, exemplar.HexTraceId)),
    ];

    private string NameOf(SeriesView series)
    {
        var name = string.Join(", ", series.Attributes.Select(attribute => attribute.Value));
        var isShared = view.Series.Any(other => other.Resource != series.Resource);

        return (name.Length > 0, isShared) switch
        {
            (true, true) => $"{series.Resource.DisplayName}: {name}",
            (true, false) => name,
            _ => series.Resource.DisplayName,
        };
    }
}
