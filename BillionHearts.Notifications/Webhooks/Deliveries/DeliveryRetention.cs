using BillionHearts.Notifications.Data;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Webhooks.Deliveries;

/// <summary>
/// Removes old deliveries with their log, in small batches; and ends those of disabled webhooks that were being sent when the webhook was disabled.
/// </summary>
internal sealed class DeliveryRetention(NotificationsDbContext db, IOptions<WebhooksOptions> options, TimeProvider clock) : IRecurringJob
{
    public static readonly RecurringSchedule Schedule = new(TimeSpan.FromMinutes(11));

    private const int BatchSize = 1000;

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_deliveries SET state = {DeliveryStates.Canceled}, next_at = NULL, claim = NULL, ended_at = {now}
            WHERE id IN (
                SELECT d.id FROM webhook_endpoints AS e JOIN webhook_deliveries AS d ON d.endpoint_id = e.id AND d.next_at <= {now}
                WHERE e.disabled_reason IS NOT NULL LIMIT {BatchSize} FOR UPDATE OF d SKIP LOCKED)
            """,
            cancellationToken);
        var removed = await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM webhook_deliveries WHERE id IN (
                SELECT id FROM webhook_deliveries WHERE ended_at < {now - options.Value.LogRetention} ORDER BY ended_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken);

        return removed is BatchSize ? NextRun.AtOnce : NextRun.WhenDue;
    }
}
