using System.Security.Cryptography;
using System.Text;
using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using RabbitMQ.Client;

namespace BillionHearts.Api.Pipeline.DeadLetters;

/// <summary>The table of dead letters: storing, replaying through the outbox, and deleting them.</summary>
internal sealed class DeadLetterStore(ImagesDbContext db, ResultStore results, OutboxSignal signal, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Letters replayed in one commit.</summary>
    private const int BatchSize = 200;

    public static readonly Problem NotFound = new(404, "dead-letter-not-found", "Not found", "Dead letter not found. It may have been replayed or deleted.");

    private static readonly Problem s_withoutKey = new(
        409, "dead-letter-without-key", "Conflict", "The broker did not say with which routing key this message was published, so it cannot be replayed. It can be deleted.");

    /// <returns>False if it is stored already.</returns>
    public async Task<bool> StoreAsync(Death death, IReadOnlyBasicProperties properties, byte[] body, CancellationToken cancellationToken)
    {
        var messageId = properties.MessageId is { Length: > 0 } sent ? TextRules.Clean(sent, DeadLetter.MaxNameLength) : null;
        var key = messageId is { Length: > 0 } ? messageId : KeyOf(death, body);
        var traceparent = DeadLetterHeaders.TraceparentOf(properties);
        var headers = DeadLetterHeaders.Of(properties);

        return await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO dead_letters (died_at, queue, reason, routing_key, message_id, message_key, traceparent, headers, body)
            VALUES ({death.At}, {death.Queue}, {death.Reason}, {death.RoutingKey}, {messageId}, {key}, {traceparent}, {headers}::jsonb, {body})
            ON CONFLICT DO NOTHING
            """,
            cancellationToken) > 0;
    }

    /// <summary>Puts one letter into the outbox, with its routing key, id, headers and bytes, and removes its row in the same commit: it is replayed once.</summary>
    /// <param name="operatorId">The user whose audit trail records it; <see langword="null"/> in Development, where nothing is recorded.</param>
    public async Task<Problem?> ReplayAsync(long id, long? operatorId, string address, CancellationToken cancellationToken)
    {
        var moved = await InTransactionAsync(
            cancel => MoveAsync(first: id, last: id, cancel), operatorId, AuditAction.DeadLetterReplayed, id, address, cancellationToken);

        return moved > 0 ? null
            : await db.DeadLetters.AnyAsync(letter => letter.Id == id, cancellationToken) ? s_withoutKey
            : NotFound;
    }

    /// <summary>Replays all letters that there are now. Those that come back meanwhile stay.</summary>
    /// <returns>How many were replayed.</returns>
    public async Task<int> ReplayAllAsync(long? operatorId, string address, CancellationToken cancellationToken)
    {
        var last = await db.DeadLetters.MaxAsync(letter => (long?)letter.Id, cancellationToken) ?? 0;
        var (all, moved) = (0, 0);

        do
        {
            moved = await InTransactionAsync(
                cancel => MoveAsync(first: 0, last, cancel), operatorId, AuditAction.DeadLettersReplayed, subject: null, address, cancellationToken);
            all += moved;
        }
        while (moved is BatchSize);

        return all;
    }

    /// <summary>Deletes a letter. An image that waits for it fails first.</summary>
    public async Task<bool> DeleteAsync(long id, long? operatorId, string address, CancellationToken cancellationToken)
    {
        if (await db.DeadLetters.AsNoTracking().SingleOrDefaultAsync(letter => letter.Id == id, cancellationToken) is { } letter
            && AbandonedRequest.WhenDeleted(letter, clock.GetUtcNow()) is { } result)
        {
            await results.StoreAsync(result, cancellationToken);
        }

        return await InTransactionAsync(
            cancel => db.DeadLetters.Where(letter => letter.Id == id).ExecuteDeleteAsync(cancel),
            operatorId, AuditAction.DeadLetterDeleted, id, address, cancellationToken) > 0;
    }

    private async Task<int> InTransactionAsync(
        Func<CancellationToken, Task<int>> change, long? operatorId, string action, long? subject, string address, CancellationToken cancellationToken)
    {
        var changed = await db.InTransactionAsync(
            async cancel =>
            {
                var count = await change(cancel);

                if (count > 0 && operatorId is { } actor)
                {
                    await audit.WriteAsync(actor, action, subject, address, cancel);
                }

                return count;
            },
            cancellationToken);

        signal.Set();
        return changed;
    }

    // In the database alone: the bodies need not pass through this process.
    private Task<int> MoveAsync(long first, long last, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $$"""
        WITH moved AS (
            DELETE FROM dead_letters WHERE id IN (
                SELECT id FROM dead_letters WHERE id BETWEEN {{first}} AND {{last}} AND routing_key IS NOT NULL
                ORDER BY id LIMIT {{BatchSize}} FOR UPDATE SKIP LOCKED)
            RETURNING *)
        INSERT INTO outbox (message_id, routing_key, payload, traceparent, body, headers, amqp_message_id)
        SELECT gen_random_uuid(), routing_key, '{}'::jsonb, traceparent, body, headers, message_id FROM moved ORDER BY id
        """,
        cancellationToken);

    private static string KeyOf(Death death, byte[] body) =>
        $"sha256:{Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes($"{death.RoutingKey}\0"), .. body]))}";
}
