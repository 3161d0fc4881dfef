using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Pipeline;
using BillionHearts.Api.Pipeline.Dispatch;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Images.Merging;

/// <summary>
/// Merges near-duplicates into the best of them; <see cref="MergeUndo"/> undoes it. A merged image is as invisible as a deleted one, but its row and its blobs stay until
/// <see cref="MergeExpiry"/> removes them; until then they count as the user's.
/// </summary>
internal sealed class ImageMerges(ImagesDbContext db, AnalysisDispatch dispatch, OutboxSignal signal, RetiredAddressSignal edge, AuditTrail audit)
{
    /// <param name="check">Whether the caller may change this user's images.</param>
    public async Task<Outcome<Merge>> MergeAsync(
        long id, MergeRequest request, Func<long, Problem?> check, string address, CancellationToken cancellationToken)
    {
        long[] group = [.. request.Duplicates.Append(id).Distinct()];

        if (group.Length is 1)
        {
            return Problems.InvalidField("duplicates", $"must have another image than {id}");
        }

        var outcome = await db.InTransactionAsync<Outcome<Merge>>(
            async cancel =>
            {
                var found = await LockAsync(group, cancel);

                if (Refuse(id, group, found, check) is { } refusal)
                {
                    return refusal;
                }

                return await MergeAsync(found, request.Keep, address, cancel);
            },
            commits: result => result.Problem is null,
            cancellationToken);

        signal.Set();
        edge.Set();
        return outcome;
    }

    /// <summary>The best copy: that with the most pixels; of those the largest file, which is compressed least; of those the oldest.</summary>
    internal static Image Best(IEnumerable<Image> images) => images
        .OrderByDescending(image => (long)image.Width * image.Height).ThenByDescending(image => image.FileSize).ThenBy(image => image.UploadDate).ThenBy(image => image.Id)
        .First();

    private Task<List<Image>> LockAsync(long[] ids, CancellationToken cancellationToken) => db.Images
        // In this order, so that two merges of the same images wait for each other.
        .FromSql($"SELECT * FROM images WHERE id = ANY({ids}) AND (deleted_at IS NULL OR merged_into IS NOT NULL) ORDER BY id FOR UPDATE")
        .IgnoreQueryFilters().ToListAsync(cancellationToken);

    private static Problem? Refuse(long id, long[] group, List<Image> found, Func<long, Problem?> check)
    {
        var byId = found.ToDictionary(image => image.Id);

        if (!byId.TryGetValue(id, out var named) || found.All(image => image.MergedInto is not null))
        {
            return Problems.ImageNotFound;
        }

        foreach (var member in group)
        {
            if (!byId.TryGetValue(member, out var image))
            {
                return MergeProblems.NotAnImage(member);
            }

            // Without a token, as Development allows, the images must still be of one user.
            if ((check(image.UserId) ?? (image.UserId == named.UserId ? null : AccessProblems.NotOwner)) is { } refusal)
            {
                return refusal;
            }

            if (image.Status is not (ImageStatus.Analyzed or ImageStatus.Failed))
            {
                return MergeProblems.NotAnalyzed(member, image.Status);
            }
        }

        return null;
    }

    private async Task<Outcome<Merge>> MergeAsync(List<Image> group, long? keep, string address, CancellationToken cancellationToken)
    {
        var visible = group.Where(image => image.MergedInto is null).ToList();
        var kept = keep is null ? Best(visible) : visible.Find(image => image.Id == keep);

        if (kept is null)
        {
            return Problems.InvalidField("keep", $"must be one of the images to merge that is still visible, not {keep}");
        }

        if (group.Find(image => image.MergedInto is not null && image.MergedInto != kept.Id) is { } elsewhere)
        {
            return MergeProblems.MergedElsewhere(elsewhere.Id, elsewhere.MergedInto!.Value);
        }

        var now = await db.Database.SqlQuery<DateTimeOffset>($"SELECT now() AS \"Value\"").SingleAsync(cancellationToken);

        foreach (var image in visible.Where(image => image != kept))
        {
            // A result that arrives while it is hidden is dropped. What it has stays.
            image.AnalysisRequestId = null;
            (image.DeletedAt, image.MergedInto, image.MergedAt) = (now, kept.Id, now);
            db.Outbox.Add(OutboxMessage.From(dispatch.CreateEvent(image, ImagesExchange.Keys.Deleted)));
            await audit.WriteAsync(image.UserId, AuditAction.ImageMerged, image.Id, address, cancellationToken);
            await db.RetireAddressAsync(image.MediaKey, cancellationToken);
        }

        var merged = group.Where(image => image != kept).ToList();
        return new Merge(kept, [.. merged.Select(image => image.Id)], merged.Min(image => image.MergedAt) ?? now);
    }
}

/// <param name="Merged">Ids of the images that were merged into the kept one.</param>
/// <param name="At">When the first of them was.</param>
internal sealed record Merge(Image Kept, IReadOnlyList<long> Merged, DateTimeOffset At);
