using System.Diagnostics.Metrics;

namespace BillionHearts.Api.Telemetry;

/// <summary>Whether what is stored is what was sent, and whether what should be gone is gone.</summary>
internal sealed class SafekeepingTelemetry
{
    private readonly Counter<long> _removed;
    private readonly Counter<long> _faults;

    public SafekeepingTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create("BillionHearts.Api");
        _removed = meter.CreateCounter<long>("billionhearts.blobs.removed", "{blob}", "Retired blobs that were removed from the store.");
        _faults = meter.CreateCounter<long>("billionhearts.integrity.faults", "{fault}", "Stored bytes that are not, or not all of, what was uploaded. Any is an alarm.");
    }

    public void BlobsRemoved(int count) => _removed.Add(count);

    /// <param name="foundBy">What was reading: <c>receipt</c>, <c>download</c> or <c>analysis</c>.</param>
    /// <param name="fault"><c>checksum</c> or <c>missing</c>.</param>
    public void IntegrityFault(string foundBy, string fault) => _faults.Add(1, new("found_by", foundBy), new("fault", fault));
}
