using System.Diagnostics.Metrics;
using BillionHearts.Notifications.Webhooks.Sending;
using BillionHearts.ServiceDefaults.Telemetry;

namespace BillionHearts.Notifications.Webhooks;

/// <summary>Metrics of webhooks. None has an address or a host in its tags: users choose them.</summary>
internal sealed class WebhookTelemetry
{
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _disabled;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _lag;

    public WebhookTelemetry(IMeterFactory meters, DeliverySlots slots)
    {
        var meter = meters.Create("BillionHearts.Notifications");
        _attempts = meter.CreateCounter<long>("billionhearts.webhooks.attempts", "{attempt}", "Attempts to deliver, by outcome and reason.");
        _disabled = meter.CreateCounter<long>("billionhearts.webhooks.disabled", "{webhook}", "Webhooks disabled by the service, by reason.");
        _duration = meter.CreateHistogram("billionhearts.webhooks.duration", "s", "Time of an attempt until the answer or the failure.", advice: Durations.Buckets);
        _lag = meter.CreateHistogram("billionhearts.webhooks.lag", "s", "Time from when an attempt is due until it begins.", advice: Durations.Buckets);
        meter.CreateObservableUpDownCounter("billionhearts.webhooks.running", () => slots.Running, "{attempt}", "Attempts running now.");
    }

    public void Started(TimeSpan late) => _lag.Record(Math.Max(0, late.TotalSeconds));

    public void Ended(SendResult result)
    {
        _attempts.Add(
            1,
            new KeyValuePair<string, object?>("outcome", result.IsSuccess ? "delivered" : "failed"),
            new KeyValuePair<string, object?>("reason", result.Fault?.Reason ?? ""));
        _duration.Record(result.Duration.TotalSeconds);
    }

    public void Disabled(string reason) => _disabled.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
