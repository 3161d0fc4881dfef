using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Webhooks.Deliveries;
using BillionHearts.Notifications.Webhooks.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Webhooks.Endpoints;

/// <summary>A user's webhooks.</summary>
internal sealed class WebhookStore(NotificationsDbContext db, SecretVault vault, IOptions<WebhooksOptions> options, TimeProvider clock)
{
    private const int BatchSize = 5000;

    private IQueryable<WebhookEndpoint> All => db.Set<WebhookEndpoint>().AsNoTracking();

    /// <summary>Creates a webhook that gets the events from now on.</summary>
    /// <returns>Null when the user has as many as are allowed.</returns>
    public async Task<WebhookWithSecretResponse?> CreateAsync(long userId, string url, string[] events, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var position = await LockUserAsync(userId, cancellationToken);

        if (await All.CountAsync(webhook => webhook.UserId == userId, cancellationToken) >= options.Value.PerUser)
        {
            return null;
        }

        var (secret, now) = (SigningSecret.New(), Now());
        var created = new WebhookEndpoint
        {
            UserId = userId,
            Url = url,
            Events = events,
            Position = position,
            Secret = vault.Seal(userId, secret),
            CreatedAt = now,
        };
        db.Add(created);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        return new(WebhookResponse.From(created, now), SigningSecret.Format(secret));
    }

    public async Task<IReadOnlyList<WebhookResponse>> ListAsync(long userId, CancellationToken cancellationToken)
    {
        var found = await All.Where(webhook => webhook.UserId == userId).OrderBy(webhook => webhook.Id).ToListAsync(cancellationToken);

        return [.. found.Select(webhook => WebhookResponse.From(webhook, Now()))];
    }

    public async Task<WebhookResponse?> FindAsync(long userId, long id, CancellationToken cancellationToken) =>
        await All.SingleOrDefaultAsync(webhook => webhook.Id == id && webhook.UserId == userId, cancellationToken) is { } found
            ? WebhookResponse.From(found, Now())
            : null;

    /// <summary>Changes what was sent. Enabling begins with the events from then on; disabling ends the deliveries that are waiting.</summary>
    /// <returns>Null when there is no such webhook.</returns>
    public async Task<WebhookResponse?> ChangeAsync(long userId, long id, WebhookFields fields, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);

        // A new address begins without the old one's failures.
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_endpoints SET
                url = coalesce({fields.Url}, url),
                events = coalesce({fields.Events}::text[], events),
                failing_since = CASE WHEN {fields.Url}::text IS NULL THEN failing_since END,
                paused_until = CASE WHEN {fields.Url}::text IS NULL THEN paused_until END
            WHERE id = {id} AND user_id = {userId}
            """,
            cancellationToken);

        if (fields.IsEnabled is true)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE webhook_endpoints AS e SET disabled_reason = NULL, disabled_at = NULL, failing_since = NULL, paused_until = NULL, position = s.sequence
                FROM user_streams AS s
                WHERE e.id = {id} AND e.user_id = {userId} AND s.user_id = e.user_id AND e.disabled_reason IS NOT NULL
                """,
                cancellationToken);
        }
        else if (fields.IsEnabled is false)
        {
            await DisableAsync(userId, id, DisabledReasons.Owner, cancellationToken);
        }

        var changed = await FindAsync(userId, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        return changed;
    }

    /// <summary>Disables a webhook and ends its deliveries that are waiting, in the caller's transaction.</summary>
    /// <returns>False when it was disabled already, or is gone.</returns>
    public async Task<bool> DisableAsync(long userId, long id, string reason, CancellationToken cancellationToken)
    {
        var now = Now();
        var disabled = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_endpoints SET disabled_reason = {reason}, disabled_at = {now}
            WHERE id = {id} AND user_id = {userId} AND disabled_reason IS NULL
            """,
            cancellationToken);

        if (disabled is 0)
        {
            return false;
        }

        // Those that are being sent end by themselves. Waiting for them here could be a deadlock: their outcome locks the webhook's row.
        await InBatchesAsync(() => db.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_deliveries SET state = {DeliveryStates.Canceled}, next_at = NULL, ended_at = {now}
            WHERE id IN (
                SELECT id FROM webhook_deliveries WHERE endpoint_id = {id} AND next_at IS NOT NULL AND claim IS NULL LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken));

        return true;
    }

    /// <summary>Gives the webhook a new secret. The old one signs too for a while; the one before the old one no longer.</summary>
    /// <returns>Null when there is no such webhook.</returns>
    public async Task<WebhookWithSecretResponse?> RotateAsync(long userId, long id, TimeSpan overlap, CancellationToken cancellationToken)
    {
        var (secret, until) = (SigningSecret.New(), Now() + overlap);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_endpoints SET previous_secret = secret, previous_secret_until = {until}, secret = {vault.Seal(userId, secret)}
            WHERE id = {id} AND user_id = {userId}
            """,
            cancellationToken);

        return await FindAsync(userId, id, cancellationToken) is { } webhook ? new(webhook, SigningSecret.Format(secret)) : null;
    }

    /// <summary>Removes a webhook with its deliveries and its log.</summary>
    /// <returns>False when there is no such webhook.</returns>
    public async Task<bool> RemoveAsync(long userId, long id, CancellationToken cancellationToken)
    {
        if (await FindAsync(userId, id, cancellationToken) is null)
        {
            return false;
        }

        // First, so that no more are added. The last statement removes what is left by cascade.
        await DisableAsync(userId, id, DisabledReasons.Owner, cancellationToken);
        await InBatchesAsync(() => db.Database.ExecuteSqlAsync(
            $"DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries WHERE endpoint_id = {id} LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)",
            cancellationToken));

        return await All.Where(webhook => webhook.Id == id && webhook.UserId == userId).ExecuteDeleteAsync(cancellationToken) is 1;
    }

    /// <summary>A receiver that was away may have left more deliveries than one statement can change within its time limit.</summary>
    private static async Task InBatchesAsync(Func<Task<int>> change)
    {
        while (await change() is BatchSize)
        {
        }
    }

    /// <summary>Locks the user's row, so that two requests do not both see room for the last webhook, and no event comes between.</summary>
    /// <returns>Sequence of the user's newest event.</returns>
    private async Task<long> LockUserAsync(long userId, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlAsync($"INSERT INTO user_streams (user_id, sequence) VALUES ({userId}, 0) ON CONFLICT (user_id) DO NOTHING", cancellationToken);
        var found = await db.Database.SqlQuery<long>($"SELECT sequence AS \"Value\" FROM user_streams WHERE user_id = {userId} FOR UPDATE").ToListAsync(cancellationToken);

        return found.Single();
    }

    // Whole microseconds, as PostgreSQL stores them.
    private DateTimeOffset Now()
    {
        var now = clock.GetUtcNow();

        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
