using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Webhooks.Deliveries;
using BillionHearts.Notifications.Webhooks.Endpoints;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Webhooks.Sending;

/// <summary>Stores what became of attempts: the log, the next attempt, and the webhook's health.</summary>
internal sealed class DeliveryOutcomes(NotificationsDbContext db, WebhookDisabling disabling, IOptions<WebhooksOptions> options, TimeProvider clock)
{
    /// <summary>An outcome counts only while the claim is ours: after a lost lease another process has the delivery.</summary>
    public async Task StoreAsync(DueDelivery delivery, SendResult result, CancellationToken cancellationToken)
    {
        if (result.IsSuccess)
        {
            await StoreSuccessAsync(delivery, result, cancellationToken);
            return;
        }

        var now = clock.GetUtcNow();

        if (await StoreFailureAsync(delivery, result, now, cancellationToken) is { } failingSince && (result.IsGone || now - failingSince >= options.Value.DisableAfter))
        {
            await disabling.DisableAsync(delivery, result.IsGone ? DisabledReasons.Gone : DisabledReasons.Failing, cancellationToken);
        }
    }

    /// <summary>Gives a delivery back whose attempt was cancelled.</summary>
    public Task ReleaseAsync(DueDelivery delivery, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        UPDATE webhook_deliveries SET next_at = {clock.GetUtcNow()}, claim = NULL, attempts = attempts - 1, tries = tries - 1
        WHERE id = {delivery.Id} AND claim = {delivery.Claim}
        """,
        cancellationToken);

    private Task<int> StoreSuccessAsync(DueDelivery delivery, SendResult result, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        WITH ended AS (
            UPDATE webhook_deliveries SET state = {DeliveryStates.Delivered}, next_at = NULL, claim = NULL, ended_at = {clock.GetUtcNow()}
            WHERE id = {delivery.Id} AND claim = {delivery.Claim} RETURNING id, endpoint_id
        ), healthy AS (
            UPDATE webhook_endpoints AS e SET failing_since = NULL, paused_until = NULL
            FROM ended WHERE e.id = ended.endpoint_id AND e.url = {delivery.Url} AND e.failing_since IS NOT NULL
        )
        INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_ms, status, request_head, response_head)
        SELECT id, {delivery.Attempts}, {result.StartedAt}, {(int)result.Duration.TotalMilliseconds}, {result.Status}, {result.RequestHead}, {result.ResponseHead} FROM ended
        """,
        cancellationToken);

    /// <returns>Since when the webhook fails; null if the outcome does not count for it, because the claim was lost or the address has changed.</returns>
    private async Task<DateTimeOffset?> StoreFailureAsync(DueDelivery delivery, SendResult result, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var delay = result.IsGone ? null : RetrySchedule.DelayAfter(delivery.Tries, result.RetryAfter, Random.Shared.NextDouble());
        var (state, next, ended) = delay is null ? (DeliveryStates.Failed, (DateTimeOffset?)null, (DateTimeOffset?)now) : (DeliveryStates.Pending, now + delay, null);
        var pausedUntil = now + RetrySchedule.PauseAfter(now - (delivery.FailingSince ?? result.StartedAt), result.RetryAfter);

        // The webhook's own value counts, not that of the claim: another delivery may have succeeded since.
        var stored = await db.Database.SqlQuery<DateTimeOffset?>(
            $"""
            WITH ended AS (
                UPDATE webhook_deliveries SET state = {state}, next_at = {next}, claim = NULL, ended_at = {ended}
                WHERE id = {delivery.Id} AND claim = {delivery.Claim} RETURNING id, endpoint_id
            ), failing AS (
                UPDATE webhook_endpoints AS e SET failing_since = coalesce(e.failing_since, {result.StartedAt}), paused_until = greatest(e.paused_until, {pausedUntil})
                FROM ended WHERE e.id = ended.endpoint_id AND e.url = {delivery.Url} RETURNING e.failing_since
            )
            INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_ms, status, error, request_head, response_head)
            SELECT id, {delivery.Attempts}, {result.StartedAt}, {(int)result.Duration.TotalMilliseconds}, {result.Status}, {result.Fault!.Sentence}, {result.RequestHead},
                   {result.ResponseHead}
            FROM ended RETURNING (SELECT failing_since FROM failing) AS "Value"
            """)
            .ToListAsync(cancellationToken);

        return stored.SingleOrDefault();
    }
}
