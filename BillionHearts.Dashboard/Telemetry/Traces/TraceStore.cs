using System.Runtime.InteropServices;

namespace BillionHearts.Dashboard.Telemetry.Traces;

internal sealed record TraceFilter(string? Resource = null, string? Text = null, bool ErrorsOnly = false, SpanCategory? Category = null);

internal sealed class TraceStore(TelemetryLimits limits)
{
    private const int MostBacklinks = 100;

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
        (TraceSummary Summary, ReadOnlyMemory<Span> Spans)[] all;

        // Copying references is quick; looking into texts is not, and intake must not wait for it.
        lock (_lock)
        {
            all = [.. _inOrder.Select(trace => (trace.Summary, trace.Spans))];
        }

        var needle = TextNeedle.From(filter.Text);
        TraceSummary[] found = [.. all.Where(trace => Matches(trace.Summary, trace.Spans.Span, filter, needle)).Select(trace => trace.Summary)];
        Array.Sort(found, (one, other) => other.StartTicks.CompareTo(one.StartTicks));
        return found;
    }

    /// <summary>Empty when it is not known, or not any more.</summary>
    public Span[] Find(UInt128 id)
    {
        lock (_lock)
        {
            return _byId.TryGetValue(id, out var trace) ? trace.Spans.ToArray() : [];
        }
    }

    public int CountSpans(UInt128 id)
    {
        lock (_lock)
        {
            return _byId.GetValueOrDefault(id)?.Spans.Length ?? 0;
        }
    }

    /// <summary>Spans elsewhere that point at this trace.</summary>
    public Span[] LinkingTo(UInt128 id)
    {
        ReadOnlyMemory<Span>[] all;

        lock (_lock)
        {
            all = [.. _inOrder.Select(trace => trace.Spans)];
        }

        return
        [
            .. all.SelectMany(spans => MemoryMarshal.ToEnumerable(spans))
                .Where(span => Array.Exists(span.Links, link => link.TraceId == id))
                .Take(MostBacklinks),
        ];
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
        else if (trace.Spans.Length >= limits.MaxSpansPerTrace)
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
            _spans -= oldest.Spans.Length;
            _weight -= oldest.Weight;
        }
    }

    private static bool Matches(TraceSummary summary, ReadOnlySpan<Span> spans, TraceFilter filter, TextNeedle? needle)
    {
        if (filter.ErrorsOnly && summary.Errors is 0)
        {
            return false;
        }

        var hasText = needle is null || summary.HexId.StartsWith(needle.Text, StringComparison.OrdinalIgnoreCase);
        var (hasResource, hasCategory) = (filter.Resource is null, filter.Category is null);

        foreach (var span in spans)
        {
            hasResource = hasResource || span.Resource.IsNamed(filter.Resource!);
            hasCategory = hasCategory || span.Category == filter.Category;
            hasText = hasText || needle!.IsIn(span.Name) || span.Attributes.Contains(needle);

            if (hasResource && hasCategory && hasText)
            {
                return true;
            }
        }

        return false;
    }
}
