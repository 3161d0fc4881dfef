namespace BillionHearts.Dashboard.Telemetry.Metrics;

/// <summary>A reading as it was sent: either the total since <see cref="StartTicks"/>, or what came since then.</summary>
internal readonly record struct Reading(long StartTicks, MetricPoint Point, bool IsDelta, bool Accumulates);

/// <summary>
/// One combination of attribute values over time. Counters and histograms are kept as totals whatever way they were sent and
/// however often their process restarted: thinning then drops points and loses nothing that happened between them.
/// </summary>
internal sealed class Series(PackedText attributes, int maxPoints)
{
    private const int MaxExemplars = 60;
    private const int Empty = 400;
    private const int WeightOfExemplar = 80;

    private static readonly (TimeSpan OlderThan, TimeSpan Spacing)[] s_thinning =
    [
        (TimeSpan.FromHours(1), TimeSpan.FromMinutes(1)),
        (TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10)),
    ];

    private static readonly TimeSpan s_kept = TimeSpan.FromHours(12);

    // What an exporter waits between reports when it is not told otherwise (OTEL_METRIC_EXPORT_INTERVAL); few wait longer.
    private static readonly TimeSpan s_longestReportInterval = TimeSpan.FromMinutes(1);

    private List<MetricPoint> _points = [];
    private MetricPoint _base;
    private MetricPoint _lastSent;
    private long _lastStart;
    private int _sinceThinned;
    private long _weightOfPoints;

    public PackedText Attributes { get; } = attributes;

    public IReadOnlyList<MetricPoint> Points => _points;

    public Queue<Exemplar> Exemplars { get; } = [];

    /// <summary>Before the first point.</summary>
    public long FixedWeight { get; } = Empty + attributes.Weight;

    public long Weight => FixedWeight + _weightOfPoints + (Exemplars.Count * WeightOfExemplar);

    public void Add(Reading reading)
    {
        if (_points.Count > 0 && reading.Point.Ticks <= _points[^1].Ticks)
        {
            return;
        }

        Append(reading.Accumulates ? ToTotal(reading) : reading.Point);

        if (++_sinceThinned >= 60 || _points.Count > maxPoints)
        {
            Thin(reading.Point.Ticks);
        }
    }

    public void Add(Exemplar exemplar)
    {
        Exemplars.Enqueue(exemplar);

        if (Exemplars.Count > MaxExemplars)
        {
            Exemplars.Dequeue();
        }
    }

    /// <summary>Keeps the newer half: the last resort when all series together are too large.</summary>
    public void Halve()
    {
        Exemplars.Clear();
        Keep([.. _points.Skip(_points.Count / 2)]);
    }

    private MetricPoint ToTotal(Reading reading)
    {
        var sent = reading.Point;

        if (_points.Count is 0)
        {
            StartFromZero(reading);
        }
        else if (reading.IsDelta)
        {
            return Sum(_points[^1], sent);
        }
        else if (reading.StartTicks != _lastStart || sent.Value < _lastSent.Value)
        {
            // The process began anew; what it had counted before stays counted.
            _base = _points[^1];
        }

        (_lastStart, _lastSent) = (reading.StartTicks, sent);
        return Sum(_base, sent);
    }

    // So that the very first count shows as an increase, which it is. Not since the start of a process that may have run for hours:
    // a series without a value is not reported, so it came since the report before.
    private void StartFromZero(Reading reading)
    {
        if (reading.StartTicks > 0 && reading.StartTicks < reading.Point.Ticks)
        {
            var nothing = reading.Point.Distribution is { } sent ? sent with { Counts = new long[sent.Counts.Length], Sum = 0 } : null;
            Append(new(Math.Max(reading.StartTicks, reading.Point.Ticks - s_longestReportInterval.Ticks), 0, nothing));
            _base = _points[^1];
        }
    }

    private static MetricPoint Sum(MetricPoint total, MetricPoint more) => new(
        more.Ticks,
        total.Value + more.Value,
        more.Distribution is null ? null : (total.Distribution ?? Distribution.Empty) + more.Distribution);

    private void Append(MetricPoint point)
    {
        if (_points.Count > 0 && _points[^1].Distribution is { } last && point.Distribution is { } next && last.Bounds.AsSpan().SequenceEqual(next.Bounds))
        {
            // Each message brings its own copy of the same bounds.
            point = point with { Distribution = next with { Bounds = last.Bounds } };
        }

        _points.Add(point);
        _weightOfPoints += point.Weight;
    }

    private void Thin(long now)
    {
        var kept = new List<MetricPoint>(_points.Count);

        for (var i = 0; i < _points.Count; i++)
        {
            var age = TimeSpan.FromTicks(now - _points[i].Ticks);
            var spacing = s_thinning.FirstOrDefault(rule => age > rule.OlderThan).Spacing;

            if (age <= s_kept && (kept.Count is 0 || i == _points.Count - 1 || _points[i].Ticks - kept[^1].Ticks >= spacing.Ticks))
            {
                kept.Add(_points[i]);
            }
        }

        Keep([.. kept.Skip(kept.Count - maxPoints)]);
    }

    private void Keep(List<MetricPoint> points)
    {
        _points = points;
        _weightOfPoints = points.Sum(point => (long)point.Weight);
        _sinceThinned = 0;
    }
}
