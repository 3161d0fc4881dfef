using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Events;
using BillionHearts.Notifications.Webhooks.Deliveries;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Notifications.Webhooks.Sending;

/// <summary>
/// Makes deliveries of events: each webhook has a position in its user's events, which are numbered in the order of their commits. One statement moves the
/// position and adds the deliveries, so a killed process neither loses nor repeats one.
/// </summary>
internal sealed class FanOut(FanOutSignal signal, DispatchSignal dispatch, NotificationsDbContext db, EventStore events, TimeProvider clock) : IRecurringJob
{
    private const int MaxWebhooks = 200;
    private const int MaxEvents = 200;

    public static RecurringSchedule Schedule(IServiceProvider services) =>
        new(TimeSpan.FromSeconds(1)) { FirstDelay = TimeSpan.Zero, Signal = services.GetRequiredService<FanOutSignal>() };

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        var users = signal.Take();

        if (users is { Length: 0 })
        {
            return NextRun.WhenDue;
        }

        // If this fails, the users are lost here and found again by the next look at all users.
        var behind = await FindBehindAsync(users, cancellationToken);
        var read = new Dictionary<(long UserId, long Position), List<UserEvent>>();

        foreach (var webhook in behind)
        {
            // Webhooks of a user usually stand at the same event.
            if (!read.TryGetValue((webhook.UserId, webhook.Position), out var next))
            {
                next = read[(webhook.UserId, webhook.Position)] = await events.ReadAsync(webhook.UserId, webhook.Position, MaxEvents, cancellationToken);
            }

            await AdvanceAsync(webhook, next, cancellationToken);

            if (next.Count is MaxEvents || behind.Count is MaxWebhooks)
            {
                signal.Set(webhook.UserId);
            }
        }

        if (behind.Count > 0)
        {
            dispatch.Set();
        }

        return NextRun.WhenDue;
    }

    /// <param name="users">Null for all.</param>
    private Task<List<Behind>> FindBehindAsync(long[]? users, CancellationToken cancellationToken) => db.Database.SqlQuery<Behind>(
        $"""
        SELECT e.id, e.user_id, e.position, e.events, s.sequence AS latest
        FROM webhook_endpoints AS e JOIN user_streams AS s ON s.user_id = e.user_id
        WHERE e.disabled_reason IS NULL AND s.sequence > e.position AND ({users}::bigint[] IS NULL OR e.user_id = ANY({users}))
        ORDER BY e.id LIMIT {MaxWebhooks}
        """)
        .ToListAsync(cancellationToken);

    private Task<int> AdvanceAsync(Behind webhook, List<UserEvent> next, CancellationToken cancellationToken)
    {
        // Without any, those up to the newest were removed by the retention.
        var (position, now) = (next.Count is 0 ? webhook.Latest : next[^1].Sequence, clock.GetUtcNow());
        var asked = next.Where(e => WebhookEvents.Includes(webhook.Events, e.Type)).ToList();

        return db.Database.ExecuteSqlAsync(
            $"""
            WITH moved AS (
                UPDATE webhook_endpoints SET position = {position}
                WHERE id = {webhook.Id} AND position = {webhook.Position} AND disabled_reason IS NULL
                RETURNING id
            )
            INSERT INTO webhook_deliveries (endpoint_id, message_id, type, payload, state, created_at, next_at)
            SELECT moved.id, e.message_id, e.type, e.payload, {DeliveryStates.Pending}, {now}, {now}
            FROM moved, unnest({asked.Select(e => MessageIds.Of(e.EventId)).ToArray()}, {asked.Select(e => e.Type).ToArray()}, {asked.Select(WebhookPayload.Write).ToArray()})
                AS e (message_id, type, payload)
            """,
            cancellationToken);
    }

    /// <summary>A webhook that has not got its user's newest event yet.</summary>
    private sealed class Behind
    {
        public long Id { get; init; }

        public long UserId { get; init; }

        public long Position { get; init; }

        public string[] Events { get; init; } = [];

        public long Latest { get; init; }
    }
}
