using System.Security.Cryptography;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Uploads.Idempotency;

/// <summary>
/// The answers to requests with a key. A record is written in the commit that does the work and not before, so a killed process
/// cannot leave an "in progress" record behind.
/// </summary>
internal static class IdempotencyStore
{
    private static readonly Problem s_reused = new(
        422, "idempotency-key-reused", "Idempotency-Key reused",
        $"The {IdempotencyKey.Header} was already used for a different request to this address within the last 24 hours. Use a new key for a new request.");

    /// <summary>Whether the key has an answer. The request then gets that answer, even if something has changed since.</summary>
    public static Task<bool> HasAnswerAsync(this ImagesDbContext db, long userId, IdempotencyKey? key, CancellationToken cancellationToken) => key is null
        ? Task.FromResult(false)
        : db.IdempotencyRecords.AnyAsync(
            record => record.UserId == userId && record.Route == key.Route && record.Key == key.Value, cancellationToken);

    /// <summary>
    /// Saves the answer. Call it inside the transaction that does the work, and before the work. If several requests with the same key run
    /// at once, the others wait here until the first has committed.
    /// </summary>
    /// <returns>False if the key already has an answer: roll back and <see cref="ReplayAsync"/> it.</returns>
    public static async Task<bool> TryKeepAnswerAsync(
        this ImagesDbContext db, IdempotentRequest request, int status, string body, CancellationToken cancellationToken) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO idempotency_records (user_id, route, key, fingerprint, status, body)
            VALUES ({request.UserId}, {request.Key.Route}, {request.Key.Value}, {request.Fingerprint}, {status}, {body})
            ON CONFLICT DO NOTHING
            """,
            cancellationToken) is 1;

    /// <summary>The saved answer to this request, or a refusal if the key was used for a different request.</summary>
    /// <returns><see langword="null"/> if the key has no answer.</returns>
    public static async Task<Outcome<UploadAnswer>?> ReplayAsync(this ImagesDbContext db, IdempotentRequest request, CancellationToken cancellationToken)
    {
        var record = await db.IdempotencyRecords.AsNoTracking().SingleOrDefaultAsync(
            kept => kept.UserId == request.UserId && kept.Route == request.Key.Route && kept.Key == request.Key.Value, cancellationToken);

        if (record is null)
        {
            return null;
        }

        return CryptographicOperations.FixedTimeEquals(record.Fingerprint, request.Fingerprint)
            ? new UploadAnswer.Replayed(record.Status, record.Body)
            : s_reused;
    }
}
