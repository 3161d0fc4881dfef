using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Delivery.Renditions;

/// <summary>
/// The renditions that were made on demand, and the claims on them. Of all requests for the same rendition, in any process, one claims it and
/// the others wait.
/// </summary>
/// <remarks>
/// A reader waits, so claims and results are committed without waiting for the disk (<c>synchronous_commit</c>). If the database crashes, lost
/// renditions are made again, and the search for orphans finds blobs that no row references.
/// </remarks>
internal sealed class RenditionStore(ImagesDbContext db)
{
    public Task<MediaRendition?> FindAsync(string mediaKey, string name, CancellationToken cancellationToken) =>
        db.MediaRenditions.AsNoTracking().SingleOrDefaultAsync(one => one.MediaKey == mediaKey && one.Name == name, cancellationToken);

    /// <summary>Finds a rendition, or claims it for the caller if it is neither made nor claimed, in one statement.</summary>
    /// <param name="lease">When the claim expires. Another caller may then make the rendition, because this one must have died.</param>
    /// <param name="limit">Maximum number of renditions of one version of an image.</param>
    /// <returns><see langword="null"/> if it does not exist and the image has reached the limit.</returns>
    public async Task<RenditionClaim?> ClaimAsync(string mediaKey, string name, TimeSpan lease, int limit, CancellationToken cancellationToken)
    {
        var rows = await db.Database.SqlQuery<RenditionClaim>(
            $"""
            WITH existing AS (
                SELECT * FROM media_renditions WHERE media_key = {mediaKey} AND name = {name}
            ), claimed AS (
                INSERT INTO media_renditions AS own (media_key, name, claimed_until)
                SELECT {mediaKey}, {name}, now() + {lease} FROM set_config('synchronous_commit', 'off', true)
                WHERE NOT EXISTS (SELECT FROM existing WHERE made_at IS NOT NULL OR failure IS NOT NULL OR claimed_until >= now())
                  AND (SELECT count(*) FROM media_renditions WHERE media_key = {mediaKey} AND name <> {name}) < {limit}
                ON CONFLICT (media_key, name) DO UPDATE SET claimed_until = excluded.claimed_until
                WHERE own.made_at IS NULL AND own.failure IS NULL AND own.claimed_until < now()
                RETURNING *
            )
            SELECT true AS is_ours, blob_key, content_type, bytes, failure FROM claimed
            UNION ALL
            SELECT false, blob_key, content_type, bytes, failure FROM existing WHERE NOT EXISTS (SELECT FROM claimed)
            """).ToListAsync(cancellationToken);

        return rows.SingleOrDefault();
    }

    /// <summary>Records a rendition that was made. If its image was deleted in the meantime, retires the blob.</summary>
    /// <returns>Whether the image still exists.</returns>
    public Task<bool> CompleteAsync(string mediaKey, string name, StoredRendition made, CancellationToken cancellationToken) => db.InTransactionAsync(
        async cancel =>
        {
            var isKept = await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE media_renditions
                SET made_at = now(), claimed_until = NULL, blob_key = {made.BlobKey}, content_type = {made.ContentType},
                    width = {made.Width}, height = {made.Height}, bytes = {made.Bytes}
                FROM set_config('synchronous_commit', 'off', true)
                WHERE media_key = {mediaKey} AND name = {name} AND EXISTS (SELECT FROM images WHERE media_key = {mediaKey} AND deleted_at IS NULL FOR SHARE)
                """,
                cancel) is 1;

            if (!isKept)
            {
                // This must survive a crash.
                await db.Database.ExecuteSqlAsync($"SELECT set_config('synchronous_commit', 'on', true)", cancel);
                await db.RetireAsync([made.BlobKey], TimeSpan.Zero, cancel);
            }

            return isKept;
        },
        cancellationToken);

    /// <summary>Records that this rendition can never be made.</summary>
    public Task FailAsync(string mediaKey, string name, string failure, CancellationToken cancellationToken) =>
        db.MediaRenditions.Where(one => one.MediaKey == mediaKey && one.Name == name && one.MadeAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(one => one.Failure, failure).SetProperty(one => one.ClaimedUntil, (DateTimeOffset?)null), cancellationToken);

    /// <summary>Releases a claim after a transient failure.</summary>
    public Task ReleaseAsync(string mediaKey, string name, CancellationToken cancellationToken) =>
        db.MediaRenditions.Where(one => one.MediaKey == mediaKey && one.Name == name && one.MadeAt == null && one.Failure == null)
            .ExecuteDeleteAsync(cancellationToken);
}

/// <summary>The state of a rendition when it was requested.</summary>
internal sealed class RenditionClaim
{
    /// <summary>Whether the caller has claimed it and must make it now.</summary>
    public bool IsOurs { get; init; }

    /// <summary>Set once it is made.</summary>
    public string? BlobKey { get; init; }

    public string? ContentType { get; init; }

    public long? Bytes { get; init; }

    /// <summary>The reason why it can never be made.</summary>
    public string? Failure { get; init; }
}
