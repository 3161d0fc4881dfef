using BillionHearts.Api.Platform.Data;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>Ends uploads that have expired, and deletes the rows of uploads that ended long ago.</summary>
internal sealed class ResumableExpiry(ImagesDbContext db, TimeProvider clock) : IRecurringJob
{
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>How long the row of an ended upload is kept, so that a client that returns late can query its result.</summary>
    private static readonly TimeSpan s_retention = TimeSpan.FromDays(7);

    private const int BatchSize = 100;

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken) =>
        await ExpireAsync(cancellationToken) is BatchSize || await ForgetAsync(cancellationToken) is BatchSize ? NextRun.AtOnce : NextRun.WhenDue;

    /// <returns>How many uploads had expired.</returns>
    internal Task<int> ExpireAsync(CancellationToken cancellationToken) => db.InTransactionAsync(
        async cancel =>
        {
            var expired = await db.Database.SqlQuery<string>(
                $"""
                UPDATE resumable_uploads SET refusal = {UploadEnd.Expired}
                WHERE id IN (
                    SELECT id FROM resumable_uploads WHERE expires_at <= {clock.GetUtcNow()} AND image_id IS NULL AND refusal IS NULL
                    ORDER BY expires_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
                RETURNING id AS "Value"
                """).ToArrayAsync(cancel);
            await db.RetirePartsAsync(expired, cancel);

            return expired.Length;
        },
        cancellationToken);

    /// <returns>How many rows were deleted.</returns>
    internal Task<int> ForgetAsync(CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        DELETE FROM resumable_uploads WHERE id IN (
            SELECT id FROM resumable_uploads WHERE expires_at <= {clock.GetUtcNow() - s_retention} AND (image_id IS NOT NULL OR refusal IS NOT NULL)
            LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
        """,
        cancellationToken);
}
