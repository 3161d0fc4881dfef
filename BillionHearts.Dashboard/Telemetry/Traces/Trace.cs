namespace BillionHearts.Dashboard.Telemetry.Traces;

/// <summary>Spans of one id, in order of arrival. Only touched under the store's lock.</summary>
internal sealed class Trace(UInt128 id)
{
    private Span[] _spans = new Span[4];
    private int _count;
    private TraceSummary? _summary;

    public UInt128 Id { get; } = id;

    public long Weight { get; private set; } = 160;

    /// <summary>May be read after the lock is left: what is added later comes behind it.</summary>
    public ReadOnlyMemory<Span> Spans => _spans.AsMemory(0, _count);

    /// <summary>Made when first looked at, and shared by everyone who looks until a span is added.</summary>
    public TraceSummary Summary => _summary ??= TraceSummary.Of(Id, Spans.Span);

    public void Add(Span span)
    {
        if (_count == _spans.Length)
        {
            Array.Resize(ref _spans, 2 * _count);
        }

        _spans[_count++] = span;
        _summary = null;
        Weight += span.Weight + 8;
    }
}
