using System.Diagnostics.Metrics;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Telemetry;

/// <summary>
/// What waits in the database and at the broker, as last seen by <see cref="OutboxWatch"/> and <see cref="QueueWatch"/>. It is
/// one thing that each replica sees alike, so its figures are gauges: of several replicas' figures one takes the largest, never
/// the sum. What cannot be seen is not told, rather than told as it was.
/// </summary>
internal sealed class Backlog
{
    private volatile OutboxState? _outbox;
    private volatile QueueState? _queues;

    public IEnumerable<Measurement<double>> OutboxLag => _outbox is { } outbox ? [new(outbox.Lag.TotalSeconds)] : [];

    public IEnumerable<Measurement<long>> OutboxDepth =>
        _outbox is { } outbox ? [new(outbox.Due, new KeyValuePair<string, object?>("state", "due")), new(outbox.Delayed, new KeyValuePair<string, object?>("state", "delayed"))] : [];

    public IEnumerable<Measurement<long>> Lanes =>
        _queues is { } queues ? [new(queues.Fresh, Lane(AnalysisLane.Fresh)), new(queues.Backfill, Lane(AnalysisLane.Backfill))] : [];

    public IEnumerable<Measurement<long>> DeadLetters => _queues is { } queues ? [new(queues.DeadLetters)] : [];

    public void Saw(OutboxState? outbox) => _outbox = outbox;

    public void Saw(QueueState? queues) => _queues = queues;

    private static KeyValuePair<string, object?> Lane(string lane) => new("lane", lane);
}

/// <param name="Due">Up to <see cref="OutboxWatch.CountedAtMost"/>.</param>
/// <param name="Delayed">Retries whose time has not come; likewise.</param>
internal sealed record OutboxState(TimeSpan Lag, long Due, long Delayed);

internal sealed record QueueState(long Fresh, long Backfill, long DeadLetters);
