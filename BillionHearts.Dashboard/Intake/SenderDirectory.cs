using BillionHearts.Dashboard.Telemetry;
using OpenTelemetry.Proto.Resource.V1;

namespace BillionHearts.Dashboard.Intake;

internal static class SenderDirectory
{
    /// <summary>Who sent this, by <c>service.name</c> and <c>service.instance.id</c>; null when too many senders are known already.</summary>
    public static TelemetryResource? SenderOf(this TelemetryStore store, Resource? resource)
    {
        resource ??= new();
        var service = IntakeText.Find(resource.Attributes, "service.name");

        return store.Resources.GetOrAdd(
            service.Length is 0 ? "unknown_service" : IntakeText.Cut(service, store.Limits),
            IntakeText.Cut(IntakeText.Find(resource.Attributes, "service.instance.id"), store.Limits),
            () => IntakeText.Pack(resource.Attributes, store.Limits));
    }
}
