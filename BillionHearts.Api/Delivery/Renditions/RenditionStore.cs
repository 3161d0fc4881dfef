using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Delivery.Renditions;

/// <summary>Which copies there are, and who makes the next: of all that ask for one at once, in any process, one claims it and the others wait.</summary>
/// <remarks>
/// A reader waits, so claims and what is made are committed without waiting for the disk (<c>synchronous_commit</c>): what a crash of the database
/// takes back is made again, and a blob that no row names any more the orphan collector finds.
/// </remarks>
internal sealed class RenditionStore(ImagesDbContext db)
{
    public Task<MediaRendition?> FindAsync(string mediaKey, string name, CancellationToken cancellationToken) =>
        db.MediaRenditions.AsNoTracking().SingleOrDefaultAsync(one => one.MediaKey == mediaKey && one.Name == name, cancellationToken);

    /// <param name="lease">After which somebody else may make it: who claimed it has died.</param>
    /// <param name="limit">Copies that one version of an image may have.</param>
    /// <returns>Whether it is the caller's to make.</returns>
    public async Task<bool> TryClaimAsync(string mediaKey, string name, TimeSpan lease, int limit, CancellationToken cancellationToken) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO media_renditions AS own (media_key, name, claimed_until)
            SELECT {mediaKey}, {name}, now() + {lease} FROM set_config('synchronous_commit', 'off', true)
            WHERE (SELECT count(*) FROM media_renditions WHERE media_key = {mediaKey} AND name <> {name}) < {limit}
            ON CONFLICT (media_key, name) DO UPDATE SET claimed_until = excluded.claimed_until
            WHERE own.made_at IS NULL AND own.failure IS NULL AND own.claimed_until < now()
            """,
            cancellationToken) is 1;

    /// <summary>It is made. When its image has gone meanwhile, so does it.</summary>
    public Task CompleteAsync(string mediaKey, string name, StoredRendition made, CancellationToken cancellationToken) => db.InTransactionAsync(
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
                // This must not be taken back.
                await db.Database.ExecuteSqlAsync($"SELECT set_config('synchronous_commit', 'on', true)", cancel);
                await db.RetireAsync([made.BlobKey], TimeSpan.Zero, cancel);
            }

            return isKept;
        },
        cancellationToken);

    /// <summary>There will never be one of this image.</summary>
    public Task FailAsync(string mediaKey, string name, string failure, CancellationToken cancellationToken) =>
        db.MediaRenditions.Where(one => one.MediaKey == mediaKey && one.Name == name && one.MadeAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(one => one.Failure, failure).SetProperty(one => one.ClaimedUntil, (DateTimeOffset?)null), cancellationToken);

    /// <summary>It was not made, for a reason that passes: who asks next may try.</summary>
    public Task ReleaseAsync(string mediaKey, string name, CancellationToken cancellationToken) =>
        db.MediaRenditions.Where(one => one.MediaKey == mediaKey && one.Name == name && one.MadeAt == null && one.Failure == null)
            .ExecuteDeleteAsync(cancellationToken);
}
