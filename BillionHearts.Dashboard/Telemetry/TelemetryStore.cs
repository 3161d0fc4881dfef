using BillionHearts.Dashboard.Telemetry.Logs;
using BillionHearts.Dashboard.Telemetry.Metrics;
using BillionHearts.Dashboard.Telemetry.Traces;
using Microsoft.Extensions.Options;

namespace BillionHearts.Dashboard.Telemetry;

/// <summary>All telemetry, in memory and bounded.</summary>
internal sealed class TelemetryStore(IOptions<TelemetryLimits> limits)
{
    public TelemetryLimits Limits { get; } = limits.Value;

    public ResourceDirectory Resources { get; } = new(limits.Value);

    public TraceStore Traces { get; } = new(limits.Value);

    public LogStore Logs { get; } = new(limits.Value);

    public MetricStore Metrics { get; } = new(limits.Value);
}
