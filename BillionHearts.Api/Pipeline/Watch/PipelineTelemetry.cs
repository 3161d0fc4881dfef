using System.Diagnostics.Metrics;
using BillionHearts.Api.Platform.Telemetry;

namespace BillionHearts.Api.Pipeline.Watch;

/// <summary>The messages in the outbox and in the queues, and the effects of analysis results.</summary>
internal sealed class PipelineTelemetry
{
    private readonly Counter<long> _results;

    public PipelineTelemetry(IMeterFactory meters, Backlog backlog)
    {
        var meter = meters.Create(ApiTraces.Name);
        _results = meter.CreateCounter<long>("billionhearts.analysis.results", "{result}", "Analysis results, by their effect.");

        meter.CreateObservableGauge("billionhearts.outbox.lag", () => backlog.OutboxLag, "s", "How long the oldest due message has been waiting.");
        meter.CreateObservableGauge("billionhearts.outbox.depth", () => backlog.OutboxDepth, "{message}", "Messages in the outbox, due and delayed.");
        meter.CreateObservableGauge("billionhearts.analysis.queue", () => backlog.Lanes, "{message}", "Images that wait for a worker, by lane.");
        meter.CreateObservableGauge("billionhearts.dead_letters", () => backlog.DeadLetters, "{message}", "Messages that no consumer could handle.");
    }

    /// <param name="effect">The outcome that was stored, or why none was.</param>
    public void ResultHandled(string effect) => _results.Add(1, new KeyValuePair<string, object?>("effect", effect));
}
