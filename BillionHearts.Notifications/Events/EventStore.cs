using System.Text.Json;
using BillionHearts.Contracts;
using BillionHearts.Notifications.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Notifications.Events;

/// <summary>The events of all users. Each user has a sequence of their own.</summary>
internal sealed class EventStore(NotificationsDbContext db)
{
    private const int CleanUpBatch = 1000;

    /// <summary>
    /// Stores an event as the user's next. One transaction in one round trip: a duplicate does not change the sequence, even while
    /// another replica is storing the same event.
    /// </summary>
    /// <returns>False when the event was stored before.</returns>
    public async Task<bool> AppendAsync(ImageEvent e, CancellationToken cancellationToken)
    {
        var duplicates = e.Duplicates is null ? null : JsonSerializer.Serialize(e.Duplicates);

        try
        {
            // Both statements are one transaction. The row of user_streams stays locked until its end, so sequences become visible in order, and the
            // notification reaches the other replicas after it.
            var stored = await db.Database.ExecuteSqlAsync(
                $"""
                WITH fresh AS (
                    SELECT WHERE NOT EXISTS (SELECT FROM user_events WHERE event_id = {e.EventId})
                ), stream AS (
                    INSERT INTO user_streams (user_id, sequence) SELECT {e.UserId}, 1 FROM fresh
                    ON CONFLICT (user_id) DO UPDATE SET sequence = user_streams.sequence + 1
                    RETURNING sequence
                )
                INSERT INTO user_events (user_id, sequence, event_id, type, image_id, version, occurred_at, failure_reason, failure_detail, duplicates)
                SELECT {e.UserId}, sequence, {e.EventId}, {e.Type}, {e.ImageId}, {e.Version}, {e.OccurredAt.ToUniversalTime()},
                       {e.Failure?.Reason}, {e.Failure?.Detail}, {duplicates}::jsonb
                FROM stream;
                SELECT pg_notify({EventAlarm.Channel}, {e.UserId}::bigint::text)
                """,
                cancellationToken);

            return stored == 1;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    /// <summary>The next events after a sequence, oldest first.</summary>
    public Task<List<UserEvent>> ReadAsync(long userId, long after, int limit, CancellationToken cancellationToken) =>
        db.Events.AsNoTracking()
            .Where(e => e.UserId == userId && e.Sequence > after)
            .OrderBy(e => e.Sequence)
            .Take(limit)
            .ToListAsync(cancellationToken);

    /// <summary>The events before a sequence, newest first; those of all types when none is given.</summary>
    public Task<List<UserEvent>> ReadBackAsync(
        long userId, long before, IReadOnlyCollection<string> types, bool onlyUnread, int limit, CancellationToken cancellationToken) =>
        db.Events.AsNoTracking()
            .Where(e => e.UserId == userId && e.Sequence < before && (types.Count == 0 || types.Contains(e.Type)) && (!onlyUnread || e.ReadAt == null))
            .OrderByDescending(e => e.Sequence)
            .Take(limit)
            .ToListAsync(cancellationToken);

    public Task<int> CountUnreadAsync(long userId, CancellationToken cancellationToken) =>
        db.Events.CountAsync(e => e.UserId == userId && e.ReadAt == null, cancellationToken);

    /// <summary>Marks events as read: all up to a sequence, and those of the list. An unknown or read one changes nothing.</summary>
    public Task MarkReadAsync(long userId, long upTo, IReadOnlyCollection<long> sequences, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE user_events SET read_at = now()
            WHERE user_id = {userId} AND read_at IS NULL AND (sequence <= {upTo} OR sequence = ANY({sequences.ToArray()}))
            """,
            cancellationToken);

    /// <summary>Users with events after this one, in the order of their ids.</summary>
    public Task<List<long>> UsersAsync(long after, int limit, CancellationToken cancellationToken) =>
        db.Streams.Where(s => s.UserId > after).OrderBy(s => s.UserId).Take(limit).Select(s => s.UserId).ToListAsync(cancellationToken);

    /// <summary>Removes all that is stored of users that no longer exist.</summary>
    public async Task RemoveUsersAsync(IReadOnlyCollection<long> userIds, CancellationToken cancellationToken)
    {
        // The stream's row last: while it is there, the user is found again by the next search.
        await db.MailSettings.Where(s => userIds.Contains(s.UserId)).ExecuteDeleteAsync(cancellationToken);
        await db.Events.Where(e => userIds.Contains(e.UserId)).ExecuteDeleteAsync(cancellationToken);
        await db.Streams.Where(s => userIds.Contains(s.UserId)).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Sequence of the user's newest event; null when there is none.</summary>
    public Task<long?> LatestAsync(long userId, CancellationToken cancellationToken) =>
        db.Streams.Where(s => s.UserId == userId).Select(s => (long?)s.Sequence).SingleOrDefaultAsync(cancellationToken);

    /// <summary>The sequence before the oldest event of this period; null when the period has none.</summary>
    public async Task<long?> SequenceBeforeAsync(long userId, TimeSpan ago, CancellationToken cancellationToken)
    {
        // By the database's clock, which also set recorded_at.
        var since = await db.Database
            .SqlQuery<long?>($"SELECT min(sequence) - 1 AS \"Value\" FROM user_events WHERE user_id = {userId} AND recorded_at >= now() - {ago}")
            .ToListAsync(cancellationToken);

        return since.Single();
    }

    /// <summary>The newest sequence of each of these users.</summary>
    public Task<Dictionary<long, long>> LatestAsync(IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) =>
        db.Streams.Where(s => userIds.Contains(s.UserId)).ToDictionaryAsync(s => s.UserId, s => s.Sequence, cancellationToken);

    /// <summary>Removes events older than the retention, oldest first, up to a fixed number.</summary>
    /// <returns>Whether there may be more to remove.</returns>
    public async Task<bool> RemoveOldAsync(TimeSpan retention, CancellationToken cancellationToken)
    {
        var removed = await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM user_events WHERE (user_id, sequence) IN (
                SELECT user_id, sequence FROM user_events WHERE recorded_at < now() - {retention}
                ORDER BY recorded_at LIMIT {CleanUpBatch} FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken);

        return removed == CleanUpBatch;
    }
}
