using System.Diagnostics;
using System.Diagnostics.Metrics;
using BillionHearts.ServiceDefaults.Telemetry;

namespace BillionHearts.Api.Telemetry;

/// <summary>What this service tells of itself, in the words of the domain.</summary>
internal sealed class ApiTelemetry
{
    private const string Name = "BillionHearts.Api";

    private static readonly ActivitySource s_source = new(Name);

    private static readonly InstrumentAdvice<long> s_sizes = new()
    {
        HistogramBucketBoundaries = [10_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000],
    };

    private readonly Counter<long> _uploads;
    private readonly Histogram<double> _uploadDuration;
    private readonly Histogram<long> _uploadSize;
    private readonly Counter<long> _results;
    private readonly Counter<long> _mediaMisses;

    public ApiTelemetry(IMeterFactory meters, Backlog backlog)
    {
        var meter = meters.Create(Name);
        _uploads = meter.CreateCounter<long>("billionhearts.uploads", "{upload}", "Uploads of bytes, by how they ended.");
        _uploadDuration = meter.CreateHistogram(
            "billionhearts.upload.duration", "s", "From a stored upload's header to its commit, the client's sending included.", advice: Durations.Buckets);
        _uploadSize = meter.CreateHistogram("billionhearts.upload.size", "By", "Size of stored uploads.", advice: s_sizes);
        _results = meter.CreateCounter<long>("billionhearts.analysis.results", "{result}", "Results of analysis, by what became of them.");
        _mediaMisses = meter.CreateCounter<long>(
            "billionhearts.media.misses", "{request}", "Requests for media that the gateway's cache did not answer by itself, by outcome.");

        meter.CreateObservableGauge("billionhearts.outbox.lag", () => backlog.OutboxLag, "s", "How long the oldest due message is waiting.");
        meter.CreateObservableGauge("billionhearts.outbox.depth", () => backlog.OutboxDepth, "{message}", "Messages in the outbox, due and delayed.");
        meter.CreateObservableGauge("billionhearts.analysis.queue", () => backlog.Lanes, "{message}", "Images that wait for a worker, by lane.");
        meter.CreateObservableGauge("billionhearts.dead_letters", () => backlog.DeadLetters, "{message}", "Messages that no consumer could settle.");
    }

    public void Stored(string fileType, long bytes, TimeSpan duration)
    {
        _uploads.Add(1, new("outcome", "stored"), new("file_type", fileType));
        _uploadSize.Record(bytes);
        _uploadDuration.Record(duration.TotalSeconds);
    }

    /// <summary>The client's doing: what it sent is not accepted.</summary>
    public void Refused(string problem) => _uploads.Add(1, new("outcome", "refused"), new("problem", problem));

    /// <summary>Our doing: a good upload was not stored, or nobody knows whether it was.</summary>
    public void Failed(string problem) => _uploads.Add(1, new("outcome", "failed"), new("problem", problem));

    /// <summary>The client went away before it was answered.</summary>
    public void Abandoned() => _uploads.Add(1, new KeyValuePair<string, object?>("outcome", "abandoned"));

    /// <param name="effect">The outcome that was stored, or why nothing was.</param>
    public void ResultHandled(string effect) => _results.Add(1, new KeyValuePair<string, object?>("effect", effect));

    /// <summary>The gateway had no copy of it; of its hits only its own log knows.</summary>
    public void MediaServed(string rendition) => _mediaMisses.Add(1, new("outcome", "served"), new("rendition", rendition));

    /// <summary>There is nothing at the address, or no longer.</summary>
    public void MediaAbsent(bool isGone) => _mediaMisses.Add(1, new KeyValuePair<string, object?>("outcome", isGone ? "gone" : "unknown"));

    /// <summary>A transaction, of whose statements the driver tells one by one and of whose end not at all.</summary>
    public static Activity? Commit(string what) => s_source.StartActivity($"{what} commit");

    /// <summary>A request's wait for a statement that answers many.</summary>
    public static Activity? Batch(string name) => s_source.StartActivity(name, ActivityKind.Client);

    /// <summary>A message's way to the broker, in the trace of what caused it.</summary>
    public static Activity? Publish(string? traceparent)
    {
        _ = ActivityContext.TryParse(traceparent, traceState: null, isRemote: true, out var cause);
        return s_source.StartActivity("outbox publish", ActivityKind.Internal, cause);
    }
}
