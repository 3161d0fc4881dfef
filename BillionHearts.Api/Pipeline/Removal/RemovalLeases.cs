using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>The SQL of <see cref="BlobRemoval"/>: leases of retired blobs.</summary>
internal sealed class RemovalLeases(ImagesDbContext db)
{
    /// <summary>
    /// Longer than an analysis may take. A worker that had read the original before it was removed may still write
    /// renditions, so these are removed a second time.
    /// </summary>
    private static readonly TimeSpan s_lateWriters = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan s_outagePause = TimeSpan.FromSeconds(5);

    /// <summary>Takes due blobs that are not leased. The lease doubles with each attempt, up to an hour, so it is also the back-off.</summary>
    public Task<List<RetiredBlob>> TakeAsync(int limit, CancellationToken cancellationToken) => db.RetiredBlobs
        // A blob that an image still references is never taken, even if it was retired. A merged image, which can come back, references its blobs.
        .FromSql(
            $"""
            UPDATE retired_blobs
            SET attempts = attempts + 1, due_at = now() + least(3600, 30 * 2 ^ least(attempts, 10)) * interval '1 second'
            WHERE blob_key IN (
                SELECT blob_key FROM retired_blobs
                WHERE due_at <= now() AND NOT EXISTS (SELECT FROM images WHERE storage_path = blob_key AND (deleted_at IS NULL OR merged_into IS NOT NULL))
                ORDER BY due_at LIMIT {limit} FOR UPDATE SKIP LOCKED)
            RETURNING *
            """)
        .AsNoTracking()
        .ToListAsync(cancellationToken);

    /// <summary>Deletes the rows of removed blobs. A row that was retired again in the meantime stays, because its due time differs.</summary>
    public Task EndAsync(IReadOnlyCollection<RetiredBlob> removed, CancellationToken cancellationToken)
    {
        string[] keys = [.. removed.Select(blob => blob.BlobKey)];
        DateTimeOffset[] leases = [.. removed.Select(blob => blob.DueAt)];
        string[] originals = [.. keys.Where(BlobFamily.IsOriginal)];
        string[] late = [.. originals.SelectMany(original => BlobFamily.RenditionsOf(original).Append(BlobFamily.IncomingOf(original)))];

        return db.InTransactionAsync(
            async cancel =>
            {
                var ended = await db.Database.ExecuteSqlAsync(
                    $"DELETE FROM retired_blobs AS blob USING unnest({keys}, {leases}) AS lease (key, due_at) WHERE blob.blob_key = lease.key AND blob.due_at = lease.due_at",
                    cancel);

                if (originals.Length > 0)
                {
                    await db.Database.ExecuteSqlAsync($"DELETE FROM images WHERE storage_path = ANY({originals}) AND deleted_at IS NOT NULL AND merged_into IS NULL", cancel);
                    await db.RetireAsync(late, s_lateWriters, cancel);
                }

                return ended;
            },
            cancellationToken);
    }

    /// <summary>Returns leases when the store is unavailable. The blobs are retried soon, and the attempt is not counted.</summary>
    public Task GiveBackAsync(IReadOnlyCollection<RetiredBlob> blobs, CancellationToken cancellationToken)
    {
        string[] keys = [.. blobs.Select(blob => blob.BlobKey)];
        DateTimeOffset[] leases = [.. blobs.Select(blob => blob.DueAt)];

        return db.Database.ExecuteSqlAsync(
            $"""
            UPDATE retired_blobs AS blob SET attempts = attempts - 1, due_at = now() + {s_outagePause}
            FROM unnest({keys}, {leases}) AS lease (key, due_at) WHERE blob.blob_key = lease.key AND blob.due_at = lease.due_at
            """,
            cancellationToken);
    }
}
