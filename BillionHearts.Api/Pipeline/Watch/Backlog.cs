using System.Diagnostics.Metrics;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Pipeline.Watch;

/// <summary>
/// The messages that wait in the database and at the broker, as last counted by <see cref="OutboxWatch"/> and <see cref="QueueWatch"/>. Every
/// replica counts the same messages, so the figures are gauges: across replicas, take the maximum and never the sum. A figure that cannot be
/// counted is left out and not repeated.
/// </summary>
internal sealed class Backlog
{
    private volatile OutboxState? _outbox;
    private volatile QueueState? _queues;

    /// <summary><see langword="null"/> while it cannot be counted.</summary>
    public OutboxState? Outbox { set => _outbox = value; }

    /// <inheritdoc cref="Outbox"/>
    public QueueState? Queues { set => _queues = value; }

    public IEnumerable<Measurement<double>> OutboxLag => _outbox is { } outbox ? [new(outbox.Lag.TotalSeconds)] : [];

    public IEnumerable<Measurement<long>> OutboxDepth =>
        _outbox is { } outbox ? [new(outbox.Due, new KeyValuePair<string, object?>("state", "due")), new(outbox.Delayed, new KeyValuePair<string, object?>("state", "delayed"))] : [];

    public IEnumerable<Measurement<long>> Lanes => _queues is { } queues
        ?
        [
            new(queues.Fresh, Lane(AnalysisLane.Fresh)), new(queues.Backfill, Lane(AnalysisLane.Backfill)), new(queues.Slow, Lane(AnalysisLane.Slow)),
            new(queues.Recognition, Lane("recognition")),
        ]
        : [];

    /// <summary>Those in the table, and those that the api has not taken from the queue yet.</summary>
    public IEnumerable<Measurement<long>> DeadLetters => _outbox is { } stored && _queues is { } queues ? [new(stored.DeadLetters + queues.DeadLetters)] : [];

    private static KeyValuePair<string, object?> Lane(string lane) => new("lane", lane);
}

/// <param name="Due">Messages that are due, at most <see cref="OutboxWatch.CountedAtMost"/>.</param>
/// <param name="Delayed">Messages that are not due yet, likewise.</param>
/// <param name="DeadLetters">Stored dead letters, likewise.</param>
internal sealed record OutboxState(TimeSpan Lag, long Due, long Delayed, long DeadLetters);

/// <param name="DeadLetters">Dead letters that are not stored yet.</param>
internal sealed record QueueState(long Fresh, long Backfill, long Slow, long Recognition, long DeadLetters);
