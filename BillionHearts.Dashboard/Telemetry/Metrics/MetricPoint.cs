namespace BillionHearts.Dashboard.Telemetry.Metrics;

/// <summary>One value of one series. For a counter or a histogram it is the total so far, so that points between can be dropped.</summary>
internal readonly record struct MetricPoint(long Ticks, double Value, Distribution? Distribution = null)
{
    public int Weight => 32 + (Distribution is null ? 0 : 80 + (8 * Distribution.Counts.Length));
}

/// <summary>A measurement that was made inside a trace.</summary>
internal sealed record Exemplar(long Ticks, double Value, UInt128 TraceId, ulong SpanId)
{
    public string HexTraceId => TraceId.ToString("x32");
}
