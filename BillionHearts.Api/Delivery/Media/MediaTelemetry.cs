using System.Diagnostics.Metrics;
using BillionHearts.Api.Platform.Telemetry;

namespace BillionHearts.Api.Delivery.Media;

/// <summary>Counts requests for media that reach this service. Cache hits are only in the gateway's log.</summary>
internal sealed class MediaTelemetry
{
    private readonly Counter<long> _misses;

    public MediaTelemetry(IMeterFactory meters) => _misses = meters.Create(ApiTraces.Name).CreateCounter<long>(
        "billionhearts.media.misses", "{request}", "Requests for media that the gateway's cache did not answer, by outcome.");

    public void Served(string rendition) => _misses.Add(1, new("outcome", "served"), new("rendition", rendition));

    /// <summary>Counts a request for an address that has nothing, or nothing any more.</summary>
    public void Absent(bool isGone) => _misses.Add(1, new KeyValuePair<string, object?>("outcome", isGone ? "gone" : "unknown"));
}
