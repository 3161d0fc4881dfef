using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Pipeline.Dispatch;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>Deletes an image: one commit hides it, adds the event, reduces the user's usage and retires its blobs.</summary>
internal sealed class ImageDeletion(ImagesDbContext db, AnalysisDispatch dispatch, OutboxSignal signal, RetiredAddressSignal edge, AuditTrail audit, TimeProvider clock)
{
    /// <returns>Whether the image existed.</returns>
    public async Task<bool> DeleteAsync(long id, string address, CancellationToken cancellationToken)
    {
        var isDeleted = await db.InTransactionAsync(
            async cancel =>
            {
                await LockMergedAsync(id, cancel);

                if (await db.LockImageAsync(id, cancel) is not { } image)
                {
                    return false;
                }

                await DeleteAsync(image, address, cancel);
                return true;
            },
            cancellationToken);

        signal.Set();
        edge.Set();
        return isDeleted;
    }

    private async Task DeleteAsync(Image image, string address, CancellationToken cancellationToken)
    {
        image.DeletedAt = clock.GetUtcNow();
        image.AnalysisRequestId = null;
        db.Outbox.Add(OutboxMessage.From(dispatch.CreateEvent(image, ImagesExchange.Keys.Deleted)));
        await audit.WriteAsync(image.UserId, AuditAction.ImageDeleted, image.Id, address, cancellationToken);
        // Before the user's row is locked: whoever has that waits for no image.
        await ExpireMergedAsync(image.Id, cancellationToken);
        await RetireAsync(image, cancellationToken);
    }

    /// <summary>Locks the image and those merged into it in the order of their ids, as a merge does, so that the two wait for each other and not both for ever.</summary>
    private Task<int> LockMergedAsync(long id, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        WITH RECURSIVE family AS (
            SELECT id FROM images WHERE id = {id}
            UNION SELECT image.id FROM images AS image JOIN family ON image.merged_into = family.id)
        SELECT FROM images WHERE id IN (SELECT id FROM family) ORDER BY id FOR UPDATE
        """,
        cancellationToken);

    /// <summary>
    /// Images that were merged into a deleted one cannot be restored any more, so <see cref="MergeExpiry"/> removes them now: also those merged into these.
    /// </summary>
    private Task<int> ExpireMergedAsync(long id, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        WITH RECURSIVE merged AS (
            SELECT id FROM images WHERE merged_into = {id}
            UNION SELECT image.id FROM images AS image JOIN merged ON image.merged_into = merged.id)
        UPDATE images SET merged_at = {DateTimeOffset.UnixEpoch} WHERE id IN (SELECT id FROM merged)
        """,
        cancellationToken);

    /// <summary>Retires a deleted image's address and blobs and reduces the user's usage, in the caller's transaction.</summary>
    public async Task RetireAsync(Image image, CancellationToken cancellationToken)
    {
        await db.RetireAddressAsync(image.MediaKey, cancellationToken);
        await db.RetireAsync([image.StoragePath], RetiredBlobs.Grace, cancellationToken);
        await db.RetireRenditionsAsync(image.MediaKey, RetiredBlobs.Grace, cancellationToken);

        if (image.HasContent)
        {
            await db.Database.ExecuteSqlAsync(
                $"UPDATE users SET image_count = image_count - 1, stored_bytes = stored_bytes - {image.FileSize} WHERE id = {image.UserId}",
                cancellationToken);
        }
    }
}
