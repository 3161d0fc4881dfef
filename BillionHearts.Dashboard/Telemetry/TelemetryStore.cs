using BillionHearts.Dashboard.Telemetry.Logs;
using BillionHearts.Dashboard.Telemetry.Metrics;
using BillionHearts.Dashboard.Telemetry.Traces;
using Microsoft.Extensions.Options;

namespace BillionHearts.Dashboard.Telemetry;

/// <summary>All telemetry, in memory and bounded.</summary>
internal sealed class TelemetryStore
{
    public TelemetryStore(IOptions<TelemetryLimits> limits, TimeProvider clock)
    {
        Limits = limits.Value;
        Resources = new(Limits, clock);
        Traces = new(Limits);
        Logs = new(Limits);
        Metrics = new(Limits);

        // Logs and traces go with their age; an instrument would stay for ever.
        Resources.Forgotten += Metrics.Remove;
    }

    public TelemetryLimits Limits { get; }

    public ResourceDirectory Resources { get; }

    public TraceStore Traces { get; }

    public LogStore Logs { get; }

    public MetricStore Metrics { get; }
}
