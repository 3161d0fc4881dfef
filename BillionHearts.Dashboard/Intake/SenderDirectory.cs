using BillionHearts.Dashboard.Telemetry;
using OpenTelemetry.Proto.Resource.V1;

namespace BillionHearts.Dashboard.Intake;

internal static class SenderDirectory
{
    // A sender stays, outside every store's size, as long as anything it sent does.
    private const int MaxNameLength = 128;
    private const int MaxAttributeLength = 1024;

    /// <summary>Who sent this, by <c>service.name</c> and <c>service.instance.id</c>; null when too many senders are known already.</summary>
    public static TelemetryResource? SenderOf(this TelemetryStore store, Resource? resource)
    {
        resource ??= new();
        var service = IntakeText.Find(resource.Attributes, "service.name");

        return store.Resources.GetOrAdd(
            service.Length is 0 ? "unknown_service" : IntakeText.Cut(service, MaxNameLength),
            IntakeText.Cut(IntakeText.Find(resource.Attributes, "service.instance.id"), MaxNameLength),
            () => IntakeText.Pack(resource.Attributes, store.Limits with { MaxAttributeLength = MaxAttributeLength }));
    }
}
