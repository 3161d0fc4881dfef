using System.Diagnostics.Metrics;

namespace BillionHearts.Api.Platform.Telemetry;

/// <summary>Metrics of the integrity and the removal of stored blobs.</summary>
internal sealed class SafekeepingTelemetry
{
    private readonly Counter<long> _removed;
    private readonly Counter<long> _faults;
    private readonly Counter<long> _orphansRetired;
    private readonly Counter<long> _orphansStopped;

    public SafekeepingTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create("BillionHearts.Api");
        _removed = meter.CreateCounter<long>("billionhearts.blobs.removed", "{blob}", "Retired blobs that were removed from the store.");
        _faults = meter.CreateCounter<long>("billionhearts.integrity.faults", "{fault}", "Blobs that are missing or differ from the upload. Any is an alarm.");
        _orphansRetired = meter.CreateCounter<long>("billionhearts.orphans.retired", "{blob}", "Blobs that no row refers to, retired for removal.");
        _orphansStopped = meter.CreateCounter<long>("billionhearts.orphans.stopped", "{search}", "Searches for orphans that removed nothing because their result is implausible. Any is an alarm.");
    }

    public void BlobsRemoved(int count) => _removed.Add(count);

    public void OrphansRetired(int count) => _orphansRetired.Add(count);

    /// <param name="reason"><c>too_many</c>, <c>database_empty</c> or <c>failed</c>.</param>
    public void OrphanSearchStopped(string reason) => _orphansStopped.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <param name="foundBy">The reader that found it: <c>receipt</c>, <c>download</c>, <c>export</c> or <c>analysis</c>.</param>
    /// <param name="fault"><c>checksum</c> or <c>missing</c>.</param>
    public void IntegrityFault(string foundBy, string fault) => _faults.Add(1, new("found_by", foundBy), new("fault", fault));
}
