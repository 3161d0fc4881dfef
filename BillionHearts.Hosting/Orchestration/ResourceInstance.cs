using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Health;
using BillionHearts.Hosting.Logs;

namespace BillionHearts.Hosting.Orchestration;

/// <summary>One replica of a resource, or the resource where it has but one.</summary>
internal sealed class ResourceInstance(IResource resource, int replica, ResourceLog log, ResourceNotificationService notifications)
{
    public IResource Resource { get; } = resource;

    /// <summary>Counted from 0.</summary>
    public int Replica { get; } = replica;

    public string Id { get; } = resource.ReplicaCount() is 1 ? resource.Name : $"{resource.Name}-{replica + 1}";

    public ResourceLog Log { get; } = log;

    /// <summary>Lines in the log before its present life began.</summary>
    public long LinesBefore { get; set; }

    public CustomResourceSnapshot Snapshot => notifications.TryGetCurrentState(Id, out var current)
        ? current.Snapshot
        : throw new InvalidOperationException($"'{Id}' was never published.");

    /// <summary>Nothing is known yet about its health, which is not the same as being healthy.</summary>
    public IEnumerable<HealthReportSnapshot> UnknownHealth =>
        Resource.Annotations.OfType<HealthProbeAnnotation>().Select(probe => new HealthReportSnapshot(probe.Key, null, null, null));

    public void Publish(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        notifications.PublishUpdateAsync(Resource, Id, change).GetAwaiter().GetResult();

    public void PublishState(string state, string? reason = null) =>
        Publish(snapshot => snapshot with { State = state, Reason = reason });
}
