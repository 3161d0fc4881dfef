using BillionHearts.Contracts;
using BillionHearts.Notifications.Events;
using BillionHearts.Notifications.Webhooks.Endpoints;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Webhooks.Sending;

/// <summary>The event that tells a user that a webhook of theirs was disabled. It is about no image, so its image id is 0.</summary>
internal sealed class DisabledNotice(
    EventStore events, EventSignals signals, WebhookTelemetry telemetry, IOptions<WebhooksOptions> options, TimeProvider clock)
{
    /// <summary>Adds the event in the caller's transaction.</summary>
    public Task AddAsync(DueDelivery delivery, string reason, CancellationToken cancellationToken) => events.AppendAsync(
        new ImageEvent
        {
            EventId = Guid.CreateVersion7(clock.GetUtcNow()),
            Type = WebhookEvents.Disabled,
            ImageId = 0,
            UserId = delivery.UserId,
            Version = 0,
            OccurredAt = clock.GetUtcNow(),
            Failure = new AnalysisFailure(reason, Describe(delivery, reason)),
        },
        cancellationToken);

    /// <summary>After the commit.</summary>
    public void Announce(long userId, string reason)
    {
        signals.Set(userId);
        telemetry.Disabled(reason);
    }

    private string Describe(DueDelivery delivery, string reason) => reason is DisabledReasons.Gone
        ? $"Webhook {delivery.EndpointId} ({new Uri(delivery.Url).IdnHost}) was disabled: its receiver answered 410."
        : $"Webhook {delivery.EndpointId} ({new Uri(delivery.Url).IdnHost}) was disabled: it has failed for {options.Value.DisableAfter.TotalDays:0.#} days without a success.";
}
