using BillionHearts.Dashboard.Telemetry;

namespace BillionHearts.Dashboard.Pages.Parts;

internal static class SenderNames
{
    /// <summary>Each service, and under one that has several replicas each of these.</summary>
    public static IEnumerable<string> Of(IEnumerable<TelemetryResource> senders) => senders
        .GroupBy(sender => sender.Service, StringComparer.OrdinalIgnoreCase)
        .OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase)
        .SelectMany(group => group.Select(sender => sender.DisplayName).Order(StringComparer.OrdinalIgnoreCase).Prepend(group.Key).Distinct());
}
