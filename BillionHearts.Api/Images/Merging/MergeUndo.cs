using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Pipeline;
using BillionHearts.Api.Pipeline.Dispatch;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Images.Merging;

/// <summary>Makes merged images visible again.</summary>
internal sealed class MergeUndo(ImagesDbContext db, AnalysisDispatch dispatch, OutboxSignal signal, RetiredAddressSignal edge, AuditTrail audit)
{
    /// <summary>
    /// Images of one commit: any number may have been merged into one, in merges of a hundred. Each is whole by itself, so if the process dies between two commits, the
    /// repeated request restores the rest.
    /// </summary>
    internal const int BatchSize = 100;

    /// <returns>Their ids; <see langword="null"/> if there is no such image.</returns>
    public async Task<IReadOnlyList<long>?> RestoreAsync(long id, string address, CancellationToken cancellationToken)
    {
        var restored = new List<long>();

        while (true)
        {
            var batch = await db.InTransactionAsync(cancel => RestoreBatchAsync(id, address, cancel), cancellationToken);
            signal.Set();
            edge.Set();

            if (batch is null)
            {
                return restored.Count is 0 ? null : restored;
            }

            restored.AddRange(batch.Restored);

            if (batch.LookedUp < BatchSize)
            {
                return restored;
            }
        }
    }

    private async Task<Batch?> RestoreBatchAsync(long id, string address, CancellationToken cancellationToken)
    {
        var next = await db.Images.IgnoreQueryFilters().Where(image => image.MergedInto == id)
            .OrderBy(image => image.Id).Select(image => image.Id).Take(BatchSize).ToArrayAsync(cancellationToken);
        long[] ids = [id, .. next];

        // In the order in which merges lock them.
        var locked = await db.Images.FromSql($"SELECT * FROM images WHERE id = ANY({ids}) ORDER BY id FOR UPDATE").IgnoreQueryFilters().ToListAsync(cancellationToken);

        if (locked.Find(image => image.Id == id) is not { DeletedAt: null })
        {
            return null;
        }

        // Another request may have restored some of them since they were looked up.
        var merged = locked.Where(image => image.MergedInto == id).ToList();

        foreach (var image in merged)
        {
            (image.DeletedAt, image.MergedInto, image.MergedAt) = (null, null, null);
            db.Outbox.Add(OutboxMessage.From(dispatch.CreateEvent(image, ImagesExchange.Keys.Restored)));
            await audit.WriteAsync(image.UserId, AuditAction.ImageRestored, image.Id, address, cancellationToken);
            await db.RestoreAddressAsync(image.MediaKey, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        return new Batch(next.Length, [.. merged.Select(image => image.Id)]);
    }

    /// <param name="LookedUp">More than were restored if another request restored some meanwhile.</param>
    private sealed record Batch(int LookedUp, long[] Restored);
}
