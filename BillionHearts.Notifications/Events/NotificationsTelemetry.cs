using System.Diagnostics.Metrics;
using BillionHearts.Notifications.Streaming;
using BillionHearts.ServiceDefaults.Telemetry;

namespace BillionHearts.Notifications.Events;

/// <summary>Metrics of events and streams.</summary>
internal sealed class NotificationsTelemetry
{
    private readonly TimeProvider _clock;
    private readonly Counter<long> _stored;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _delivered;
    private readonly Histogram<double> _lag;

    public NotificationsTelemetry(IMeterFactory meters, OpenStreams streams, TimeProvider clock)
    {
        _clock = clock;
        var meter = meters.Create("BillionHearts.Notifications");
        _stored = meter.CreateCounter<long>("billionhearts.notifications.stored", "{event}", "Events stored, by type.");
        _duplicates = meter.CreateCounter<long>("billionhearts.notifications.duplicates", "{event}", "Events that were received before and dropped.");
        _delivered = meter.CreateCounter<long>("billionhearts.notifications.delivered", "{event}", "Events written to open streams.");
        _lag = meter.CreateHistogram("billionhearts.notifications.lag", "s", "Time from an event until it is stored.", advice: Durations.Buckets);
        meter.CreateObservableUpDownCounter("billionhearts.notifications.streams", () => streams.Count, "{stream}", "Streams open now.");
    }

    public void Stored(string type, DateTimeOffset occurredAt)
    {
        _stored.Add(1, new KeyValuePair<string, object?>("type", type));
        _lag.Record(Math.Max(0, (_clock.GetUtcNow() - occurredAt).TotalSeconds));
    }

    public void Duplicate() => _duplicates.Add(1);

    public void Delivered(int count) => _delivered.Add(count);
}
