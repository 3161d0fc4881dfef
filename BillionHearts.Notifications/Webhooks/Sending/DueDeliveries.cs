using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Webhooks.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Webhooks.Sending;

/// <summary>Takes due deliveries for this process. Each belongs to it until the lease is over: then another process may take it.</summary>
internal sealed class DueDeliveries(NotificationsDbContext db, IOptions<WebhooksOptions> options, TimeProvider clock)
{
    /// <summary>
    /// Takes what is due, a share of each webhook, beginning after a webhook's id. The webhooks that have something waiting are found one by one in the index
    /// (a loose index scan), so ten thousand deliveries of one cost no more than one.
    /// </summary>
    public Task<List<DueDelivery>> TakeAsync(FreeSlots slots, long after, CancellationToken cancellationToken)
    {
        var (now, claim) = (clock.GetUtcNow(), Guid.NewGuid());

        // Without ORDER BY in `due`: a sort would first lock all that is due. The recursion yields webhooks by their ids.
        return db.Database.SqlQuery<DueDelivery>(
            $"""
            WITH RECURSIVE waiting AS (
                (SELECT endpoint_id FROM webhook_deliveries WHERE next_at IS NOT NULL AND endpoint_id > {after} ORDER BY endpoint_id LIMIT 1)
                UNION ALL
                SELECT (SELECT d.endpoint_id FROM webhook_deliveries AS d WHERE d.next_at IS NOT NULL AND d.endpoint_id > w.endpoint_id ORDER BY d.endpoint_id LIMIT 1)
                FROM waiting AS w WHERE w.endpoint_id IS NOT NULL
            ), due AS (
                SELECT d.id, d.next_at AS due_at
                FROM waiting AS w
                JOIN webhook_endpoints AS e ON e.id = w.endpoint_id AND e.disabled_reason IS NULL AND (e.paused_until IS NULL OR e.paused_until <= {now})
                LEFT JOIN unnest({slots.Webhooks}, {slots.Used}) AS busy (endpoint_id, used) ON busy.endpoint_id = e.id
                CROSS JOIN LATERAL (
                    SELECT id, next_at FROM webhook_deliveries
                    WHERE endpoint_id = w.endpoint_id AND next_at <= {now}
                    ORDER BY next_at, id
                    LIMIT greatest(CASE WHEN e.failing_since IS NULL THEN {slots.PerWebhook} ELSE 1 END - coalesce(busy.used, 0), 0)
                    FOR UPDATE SKIP LOCKED) AS d
                LIMIT {slots.Count}
            )
            UPDATE webhook_deliveries AS d
            SET next_at = {now + options.Value.Lease}, claim = {claim}, attempts = d.attempts + 1, tries = d.tries + 1
            FROM due JOIN webhook_deliveries AS same ON same.id = due.id JOIN webhook_endpoints AS e ON e.id = same.endpoint_id
            WHERE d.id = due.id
            RETURNING d.id, d.endpoint_id, e.user_id, d.claim, e.url, d.message_id, d.payload, d.attempts, d.tries, due.due_at,
                      e.secret, CASE WHEN e.previous_secret_until > {now} THEN e.previous_secret END AS previous_secret, e.failing_since
            """)
            .ToListAsync(cancellationToken);
    }
}

/// <summary>A delivery that belongs to this process, with its webhook as it was when the delivery was taken.</summary>
internal sealed class DueDelivery
{
    public long Id { get; init; }

    public long EndpointId { get; init; }

    public long UserId { get; init; }

    public Guid Claim { get; init; }

    public string Url { get; init; } = "";

    public string MessageId { get; init; } = "";

    public string Payload { get; init; } = "";

    public int Attempts { get; init; }

    public int Tries { get; init; }

    public DateTimeOffset DueAt { get; init; }

    public byte[] Secret { get; init; } = [];

    public byte[]? PreviousSecret { get; init; }

    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>The secrets that sign, the newest first.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">They were encrypted with another key.</exception>
    public IEnumerable<byte[]> OpenSecrets(SecretVault vault) =>
        PreviousSecret is null ? [vault.Open(UserId, Secret)] : [vault.Open(UserId, Secret), vault.Open(UserId, PreviousSecret)];
}
