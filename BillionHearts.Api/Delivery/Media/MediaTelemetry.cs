using System.Diagnostics.Metrics;
using BillionHearts.Api.Platform.Telemetry;

namespace BillionHearts.Api.Delivery.Media;

/// <summary>Requests for media that reach this service. Only the gateway's own log knows of its cache's hits.</summary>
internal sealed class MediaTelemetry
{
    private readonly Counter<long> _misses;

    public MediaTelemetry(IMeterFactory meters) => _misses = meters.Create(ApiTraces.Name).CreateCounter<long>(
        "billionhearts.media.misses", "{request}", "Requests for media that the gateway's cache did not answer by itself, by outcome.");

    public void Served(string rendition) => _misses.Add(1, new("outcome", "served"), new("rendition", rendition));

    /// <summary>There is nothing at the address, or not any more.</summary>
    public void Absent(bool isGone) => _misses.Add(1, new KeyValuePair<string, object?>("outcome", isGone ? "gone" : "unknown"));
}
