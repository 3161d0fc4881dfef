using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Webhooks.Endpoints;

namespace BillionHearts.Notifications.Webhooks.Sending;

/// <summary>Disables a webhook that its receiver has given up or that has failed for too long, and tells its owner.</summary>
internal sealed partial class WebhookDisabling(NotificationsDbContext db, WebhookStore webhooks, DisabledNotice notice, ILogger<WebhookDisabling> logger)
{
    /// <summary>In one commit with the notice, so that no webhook ends without one.</summary>
    public async Task DisableAsync(DueDelivery delivery, string reason, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);

        if (!await webhooks.DisableAsync(delivery.UserId, delivery.EndpointId, reason, cancellationToken))
        {
            return;
        }

        await notice.AddAsync(delivery, reason, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        notice.Announce(delivery.UserId, reason);
        Log.Disabled(logger, delivery.EndpointId, delivery.UserId, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Webhook {WebhookId} of user {UserId} was disabled: {Reason}")]
        public static partial void Disabled(ILogger logger, long webhookId, long userId, string reason);
    }
}
