using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BillionHearts.Api.Telemetry;

/// <summary>What this service tells of itself, in the words of the domain.</summary>
internal sealed class ApiTelemetry
{
    private const string Name = "BillionHearts.Api";

    public static readonly ActivitySource Source = new(Name);

    private readonly Counter<long> _uploads;
    private readonly Histogram<double> _uploadDuration;
    private readonly Histogram<long> _uploadSize;
    private readonly Counter<long> _published;
    private readonly Counter<long> _notPublished;
    private readonly Counter<long> _results;
    private double _lagSeconds;

    public ApiTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _uploads = meter.CreateCounter<long>("billionhearts.uploads", "{upload}", "Uploads of bytes, by how they ended.");
        _uploadDuration = meter.CreateHistogram<double>("billionhearts.upload.duration", "s", "From the first byte of a stored upload to its commit.");
        _uploadSize = meter.CreateHistogram<long>("billionhearts.upload.size", "By", "Size of stored uploads.");
        _published = meter.CreateCounter<long>("billionhearts.outbox.published", "{message}", "Messages that the broker confirmed.");
        _notPublished = meter.CreateCounter<long>("billionhearts.outbox.failures", "{attempt}", "Attempts to publish that were not confirmed.");
        _results = meter.CreateCounter<long>("billionhearts.analysis.results", "{result}", "Results of analysis, by what became of them.");
        meter.CreateObservableGauge("billionhearts.outbox.lag", () => Volatile.Read(ref _lagSeconds), "s", "How long the oldest due message is waiting.");
    }

    public void Stored(string fileType, long bytes, TimeSpan duration)
    {
        _uploads.Add(1, new("outcome", "stored"), new("file_type", fileType));
        _uploadSize.Record(bytes);
        _uploadDuration.Record(duration.TotalSeconds);
    }

    public void Refused(string problem) => _uploads.Add(1, new("outcome", "refused"), new("problem", problem));

    public void OutboxLag(TimeSpan lag) => Volatile.Write(ref _lagSeconds, lag.TotalSeconds);

    public void OutboxPublished(string routingKey) => _published.Add(1, new KeyValuePair<string, object?>("routing_key", routingKey));

    /// <param name="reason"><c>unroutable</c>: no queue takes it; <c>refused</c>: a queue is full; <c>unreachable</c>: the broker did not answer.</param>
    public void OutboxNotPublished(string routingKey, string reason) => _notPublished.Add(1, new("routing_key", routingKey), new("reason", reason));

    /// <param name="effect">The outcome that was stored, or why nothing was.</param>
    public void ResultHandled(string effect) => _results.Add(1, new KeyValuePair<string, object?>("effect", effect));
}
