using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>Who removes which retired blob: the SQL of <see cref="BlobRemoval"/>.</summary>
internal sealed class RemovalLeases(ImagesDbContext db)
{
    /// <summary>
    /// Longer than an analysis may take. One that had the original's bytes in its hands when they were removed may write
    /// renditions still; so these are removed once more.
    /// </summary>
    private static readonly TimeSpan s_lateWriters = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan s_outagePause = TimeSpan.FromSeconds(5);

    /// <summary>Takes due blobs that nobody else has. The lease doubles with each attempt, up to an hour: it is the back-off too.</summary>
    public Task<List<RetiredBlob>> TakeAsync(int limit, CancellationToken cancellationToken) => db.RetiredBlobs
        // A blob that an image shows must not go, whatever has been written down about it.
        .FromSql(
            $"""
            UPDATE retired_blobs
            SET attempts = attempts + 1, due_at = now() + least(3600, 30 * 2 ^ least(attempts, 10)) * interval '1 second'
            WHERE blob_key IN (
                SELECT blob_key FROM retired_blobs
                WHERE due_at <= now() AND NOT EXISTS (SELECT FROM images WHERE storage_path = blob_key AND deleted_at IS NULL)
                ORDER BY due_at LIMIT {limit} FOR UPDATE SKIP LOCKED)
            RETURNING *
            """)
        .AsNoTracking()
        .ToListAsync(cancellationToken);

    /// <summary>The blobs are gone. A row that was retired anew meanwhile stays: its time is another.</summary>
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
                    await db.Database.ExecuteSqlAsync($"DELETE FROM images WHERE storage_path = ANY({originals}) AND deleted_at IS NOT NULL", cancel);
                    await db.RetireAsync(late, s_lateWriters, cancel);
                }

                return ended;
            },
            cancellationToken);
    }

    /// <summary>The store is away, which is not the blobs' doing: they are tried again soon, and no attempt is counted.</summary>
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
