namespace BillionHearts.Dashboard.Telemetry.Traces;

/// <summary>Spans of one id, in order of arrival. Only touched under the store's lock.</summary>
internal sealed class Trace(UInt128 id)
{
    private readonly List<Span> _spans = new(4);
    private TraceSummary? _summary;

    public UInt128 Id { get; } = id;

    public long Weight { get; private set; } = 160;

    public IReadOnlyList<Span> Spans => _spans;

    /// <summary>Made when first looked at, and shared by everyone who looks until a span is added.</summary>
    public TraceSummary Summary => _summary ??= TraceSummary.Of(Id, _spans);

    public void Add(Span span)
    {
        _spans.Add(span);
        _summary = null;
        Weight += span.Weight + 8;
    }
}
