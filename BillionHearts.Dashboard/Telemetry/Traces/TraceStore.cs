namespace BillionHearts.Dashboard.Telemetry.Traces;

internal sealed record TraceFilter(string? Resource = null, string? Text = null, bool ErrorsOnly = false, SpanCategory? Category = null);

internal sealed class TraceStore(TelemetryLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Trace> _byId = [];
    private readonly Queue<Trace> _inOrder = [];
    private long _version;
    private long _weight;
    private int _spans;

    /// <summary>Grows with every change, so that a page knows when to look again.</summary>
    public long Version => Volatile.Read(ref _version);

    public int SpanCount => Volatile.Read(ref _spans);

    public long Weight => Volatile.Read(ref _weight);

    /// <returns>How many were refused because their trace is full.</returns>
    public int Add(IReadOnlyCollection<Span> spans)
    {
        var refused = 0;

        lock (_lock)
        {
            foreach (var span in spans)
            {
                refused += TryAdd(span) ? 0 : 1;
            }

            EvictOldest();
            _version++;
        }

        return refused;
    }

    /// <summary>Newest first.</summary>
    public TraceSummary[] List(TraceFilter filter)
    {
        var needle = TextNeedle.From(filter.Text);

        lock (_lock)
        {
            var found = new List<TraceSummary>(_byId.Count);
            found.AddRange(_inOrder.Where(trace => Matches(trace, filter, needle)).Select(trace => trace.Summary));
            found.Sort((one, other) => other.StartTicks.CompareTo(one.StartTicks));
            return [.. found];
        }
    }

    /// <summary>Empty when it is not known, or not any more.</summary>
    public Span[] Find(UInt128 id)
    {
        lock (_lock)
        {
            return _byId.TryGetValue(id, out var trace) ? [.. trace.Spans] : [];
        }
    }

    /// <summary>Spans elsewhere that point at this trace.</summary>
    public Span[] LinkingTo(UInt128 id)
    {
        lock (_lock)
        {
            return [.. _inOrder.SelectMany(trace => trace.Spans).Where(span => span.Links.Any(link => link.TraceId == id)).Take(100)];
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _byId.Clear();
            _inOrder.Clear();
            (_weight, _spans) = (0, 0);
            _version++;
        }
    }

    private bool TryAdd(Span span)
    {
        if (!_byId.TryGetValue(span.TraceId, out var trace))
        {
            trace = new(span.TraceId);
            _byId.Add(trace.Id, trace);
            _inOrder.Enqueue(trace);
            _weight += trace.Weight;
        }
        else if (trace.Spans.Count >= limits.MaxSpansPerTrace)
        {
            return false;
        }

        var before = trace.Weight;
        trace.Add(span);
        _weight += trace.Weight - before;
        _spans++;
        return true;
    }

    private void EvictOldest()
    {
        while (_inOrder.Count > limits.MaxTraceCount || _spans > limits.MaxSpanCount || _weight > limits.MaxStoreBytes)
        {
            var oldest = _inOrder.Dequeue();
            _byId.Remove(oldest.Id);
            _spans -= oldest.Spans.Count;
            _weight -= oldest.Weight;
        }
    }

    private static bool Matches(Trace trace, TraceFilter filter, TextNeedle? needle) =>
        (!filter.ErrorsOnly || trace.Summary.Errors > 0)
        && (filter.Resource is null || trace.Spans.Any(span => span.Resource.IsNamed(filter.Resource)))
        && (filter.Category is null || trace.Spans.Any(span => span.Category == filter.Category))
        && (needle is null || MatchesText(trace, needle));

    private static bool MatchesText(Trace trace, TextNeedle needle) =>
        trace.Summary.HexId.StartsWith(needle.Text, StringComparison.OrdinalIgnoreCase)
        || trace.Spans.Any(span => needle.IsIn(span.Name) || span.Attributes.Contains(needle));
}
