using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Webhooks.Endpoints;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Notifications.Webhooks.Deliveries;

/// <summary>The log of a webhook's deliveries, and what its owner adds to them by hand.</summary>
internal sealed class DeliveryStore(NotificationsDbContext db, TimeProvider clock)
{
    /// <summary>With so many waiting, none is added by hand. Events are not limited: they are as many as the user's images.</summary>
    private const int MaxWaiting = 1000;

    private IQueryable<Delivery> All => db.Set<Delivery>().AsNoTracking();

    private IQueryable<DeliveryAttempt> Attempts => db.Set<DeliveryAttempt>().AsNoTracking();

    /// <summary>Newest first.</summary>
    /// <param name="before">Only those with a smaller id.</param>
    public async Task<List<DeliveryResponse>> ListAsync(long webhookId, string? state, long? before, int limit, CancellationToken cancellationToken)
    {
        var page = await All
            .Where(delivery => delivery.EndpointId == webhookId && (state == null || delivery.State == state) && (before == null || delivery.Id < before))
            .OrderByDescending(delivery => delivery.Id)
            .Take(limit)
            .ToListAsync(cancellationToken);
        var ids = page.Select(delivery => delivery.Id).ToList();
        var attempts = await Attempts.Where(attempt => ids.Contains(attempt.DeliveryId)).ToListAsync(cancellationToken);
        var last = attempts.GroupBy(attempt => attempt.DeliveryId).ToDictionary(group => group.Key, group => group.MaxBy(attempt => attempt.Id));

        return [.. page.Select(delivery => DeliveryResponse.From(delivery, last.GetValueOrDefault(delivery.Id)))];
    }

    public async Task<DeliveryDetailResponse?> FindAsync(long webhookId, long id, CancellationToken cancellationToken)
    {
        // The log first: an attempt that it shows has its outcome in the delivery.
        var attempts = await Attempts.Where(attempt => attempt.DeliveryId == id).OrderBy(attempt => attempt.Id).ToListAsync(cancellationToken);
        var found = await All.SingleOrDefaultAsync(delivery => delivery.Id == id && delivery.EndpointId == webhookId, cancellationToken);

        return found is null ? null : new(found, attempts);
    }

    /// <summary>Adds a test message for this webhook alone.</summary>
    public async Task<(DeliveryResponse? Added, Problem? Refusal)> AddTestAsync(WebhookResponse webhook, CancellationToken cancellationToken)
    {
        if (await FindRefusalAsync(webhook, cancellationToken) is { } refusal)
        {
            return (null, refusal);
        }

        var now = clock.GetUtcNow();
        var test = new Delivery
        {
            EndpointId = webhook.Id,
            MessageId = MessageIds.Of(Guid.CreateVersion7(now)),
            Type = WebhookEvents.Test,
            Payload = TestPayload.Write(webhook.UserId, webhook.Id, now),
            State = DeliveryStates.Pending,
            CreatedAt = now,
            NextAt = now,
        };
        db.Add(test);
        await db.SaveChangesAsync(cancellationToken);

        return (DeliveryResponse.From(test, last: null), null);
    }

    /// <summary>Begins the schedule of a delivery again, with the same id and body.</summary>
    public async Task<(DeliveryResponse? Again, Problem? Refusal)> RedeliverAsync(WebhookResponse webhook, long id, CancellationToken cancellationToken)
    {
        if (await FindRefusalAsync(webhook, cancellationToken) is { } refusal)
        {
            return (null, refusal);
        }

        var changed = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_deliveries SET state = {DeliveryStates.Pending}, tries = 0, next_at = {clock.GetUtcNow()}, ended_at = NULL
            WHERE id = {id} AND endpoint_id = {webhook.Id} AND claim IS NULL
            """,
            cancellationToken);

        return await FindAsync(webhook.Id, id, cancellationToken) switch
        {
            null => (null, WebhookProblems.DeliveryNotFound),
            _ when changed is 0 => (null, WebhookProblems.DeliveryRunning),
            var found => (found, null),
        };
    }

    private async Task<Problem?> FindRefusalAsync(WebhookResponse webhook, CancellationToken cancellationToken)
    {
        if (!webhook.IsEnabled)
        {
            return WebhookProblems.Disabled;
        }

        var waiting = await All.Where(delivery => delivery.EndpointId == webhook.Id && delivery.NextAt != null).Take(MaxWaiting).CountAsync(cancellationToken);

        return waiting < MaxWaiting ? null : WebhookProblems.TooManyWaiting(MaxWaiting);
    }
}

/// <summary>The header <c>webhook-id</c>.</summary>
internal static class MessageIds
{
    public static string Of(Guid eventId) => $"msg_{eventId:n}";
}
