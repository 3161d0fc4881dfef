using BillionHearts.Api.Pipeline.Watch;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Outbox;

/// <summary>The outbox's SQL. Every statement that changes the outbox runs in the caller's transaction.</summary>
internal sealed class OutboxStore(ImagesDbContext db)
{
    public const int MaxErrorLength = 500;

    /// <summary>Adds a request that is published after a delay.</summary>
    public Task AddDelayedAsync(AnalysisRequest request, TimeSpan delay, CancellationToken cancellationToken)
    {
        var message = OutboxMessage.From(request);

        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO outbox (message_id, routing_key, payload, traceparent, next_at)
            VALUES ({message.MessageId}, {message.RoutingKey}, {message.Payload}::jsonb, {message.Traceparent}, now() + {delay})
            """,
            cancellationToken);
    }

    /// <summary>Adds an event <c>image.uploaded</c> whose request was published without it. It has one id for each content, so it may be there already.</summary>
    public Task AddAnnouncementAsync(ImageEvent uploaded, TimeSpan delay, CancellationToken cancellationToken)
    {
        var message = OutboxMessage.Announcement(uploaded);

        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO outbox (message_id, routing_key, payload, traceparent, next_at)
            VALUES ({message.MessageId}, {message.RoutingKey}, {message.Payload}::jsonb, {message.Traceparent}, now() + {delay})
            ON CONFLICT (message_id) DO NOTHING
            """,
            cancellationToken);
    }

    /// <summary>
    /// Takes the oldest due messages that no other relay has locked, and locks them until the transaction ends. It does not
    /// filter by "id greater than the last seen": transactions commit out of order, and a late one would be skipped permanently.
    /// </summary>
    public Task<List<OutboxMessage>> TakeDueAsync(int limit, CancellationToken cancellationToken) => db.Outbox
        .FromSql($"SELECT * FROM outbox WHERE next_at <= now() ORDER BY id LIMIT {limit} FOR UPDATE SKIP LOCKED")
        .AsNoTracking()
        .ToListAsync(cancellationToken);

    public Task DeleteAsync(long[] ids, CancellationToken cancellationToken) => ids.Length is 0
        ? Task.CompletedTask
        : db.Database.ExecuteSqlAsync($"DELETE FROM outbox WHERE id = ANY({ids})", cancellationToken);

    public Task PostponeAsync(long id, TimeSpan delay, string error, CancellationToken cancellationToken)
    {
        var shortened = error.Length <= MaxErrorLength ? error : error[..MaxErrorLength];

        return db.Database.ExecuteSqlAsync(
            $"UPDATE outbox SET attempts = attempts + 1, next_at = now() + {delay}, last_error = {shortened} WHERE id = {id}",
            cancellationToken);
    }

    /// <param name="countAtMost">The limit of each count.</param>
    public async Task<OutboxState> CountAsync(int countAtMost, CancellationToken cancellationToken)
    {
        var rows = await db.Database.SqlQuery<Row>(
            $"""
            SELECT coalesce((SELECT now() - min(next_at) FROM outbox WHERE next_at <= now()), interval '0') AS lag,
                   (SELECT count(*) FROM (SELECT FROM outbox WHERE next_at <= now() LIMIT {countAtMost}) AS due) AS due,
                   (SELECT count(*) FROM (SELECT FROM outbox WHERE next_at > now() LIMIT {countAtMost}) AS delayed) AS delayed,
                   (SELECT count(*) FROM (SELECT FROM dead_letters LIMIT {countAtMost}) AS dead) AS dead_letters
            """)
            .ToListAsync(cancellationToken);

        return new OutboxState(rows.Single().Lag, rows.Single().Due, rows.Single().Delayed, rows.Single().DeadLetters);
    }

    private sealed class Row
    {
        public TimeSpan Lag { get; init; }

        public long Due { get; init; }

        public long Delayed { get; init; }

        public long DeadLetters { get; init; }
    }
}
