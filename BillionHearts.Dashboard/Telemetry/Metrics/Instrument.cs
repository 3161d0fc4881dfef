namespace BillionHearts.Dashboard.Telemetry.Metrics;

public enum InstrumentKind : byte
{
    Gauge,
    Counter,
    UpDownCounter,
    Histogram,
}

internal sealed record InstrumentKey(TelemetryResource Resource, string Meter, string Name);

public sealed record InstrumentInfo(string Meter, string Name, InstrumentKind Kind, string Unit, string Description);

/// <summary>One instrument of one sender, with a series for each combination of attribute values. Touched under the store's lock only.</summary>
internal sealed class Instrument(InstrumentKey key, InstrumentInfo info)
{
    public InstrumentKey Key { get; } = key;

    public InstrumentInfo Info { get; } = info;

    public Dictionary<PackedText, Series> Series { get; } = new(PackedTextComparer.Instance);

    /// <summary>Points refused because there were too many series.</summary>
    public long Overflow { get; set; }
}
