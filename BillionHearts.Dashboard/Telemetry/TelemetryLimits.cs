using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Dashboard.Telemetry;

/// <summary>
/// What is kept in memory; the oldest goes first. Bound from <c>Dashboard:TelemetryLimits</c>, with Aspire's names where it
/// has them. Counts alone would not bound memory, so each store has a size as well.
/// </summary>
internal sealed record TelemetryLimits
{
    public const string SectionName = "Dashboard:TelemetryLimits";

    [Range(1, 10_000_000)]
    public int MaxLogCount { get; init; } = 200_000;

    [Range(1, 1_000_000)]
    public int MaxTraceCount { get; init; } = 10_000;

    [Range(1, 10_000_000)]
    public int MaxSpanCount { get; init; } = 200_000;

    /// <summary>A trace that never ends would push all others out; what comes beyond is refused and counted.</summary>
    [Range(1, 1_000_000)]
    public int MaxSpansPerTrace { get; init; } = 10_000;

    /// <summary>Points of one series. Beyond, older points are thinned out; totals stay exact.</summary>
    [Range(10, 1_000_000)]
    public int MaxMetricsCount { get; init; } = 1_500;

    /// <summary>Series (combinations of attribute values) of one instrument.</summary>
    [Range(1, 100_000)]
    public int MaxSeriesPerInstrument { get; init; } = 500;

    [Range(1, 1024)]
    public int MaxAttributeCount { get; init; } = 128;

    /// <summary>Characters of one value; longer ones are cut. Stack traces are the longest ordinary values.</summary>
    [Range(64, 1_000_000)]
    public int MaxAttributeLength { get; init; } = 16_384;

    [Range(1, 10_000)]
    public int MaxSpanEventCount { get; init; } = 128;

    [Range(1, 10_000)]
    public int MaxResourceCount { get; init; } = 256;

    /// <summary>Megabytes of traces, of logs, of metrics: each alone.</summary>
    [Range(1, 65_536)]
    public int MaxStoreMegabytes { get; init; } = 80;

    public long MaxStoreBytes => MaxStoreMegabytes * 1024L * 1024L;
}
