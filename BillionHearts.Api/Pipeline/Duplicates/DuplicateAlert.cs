using BillionHearts.Api.Pipeline.Dispatch;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Pipeline.Duplicates;

/// <summary>
/// Tells an owner, once for each version of an image, which other images look like it. Of two images that look alike, the one that is analysed later is
/// told about; so a repeated analysis has nothing new to tell.
/// </summary>
internal sealed class DuplicateAlert(ImagesDbContext db, SimilarImages similar, AnalysisDispatch dispatch, IOptions<DuplicateOptions> options)
{
    /// <summary>The first of the two numbers of the advisory lock; the second is of the user.</summary>
    private const int LockSpace = 0x62_68_64_75;

    /// <summary>Adds the event to the caller's transaction if there are near-duplicates. Called when a version has been analysed for the first time.</summary>
    public async Task AddAsync(Image image, CancellationToken cancellationToken)
    {
        if (image is not { Phash: { } hash, Sha256: { } sha256 })
        {
            return;
        }

        // Until the end of the transaction: of two images that are analysed at the same time, the second must see the first. A statement of its own, because
        // a statement does not see what is committed while it waits.
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockSpace}, hashint8({image.UserId}))", cancellationToken);
        var found = await similar.FindAsync(
            new HashedImage(image.Id, image.UserId, hash, sha256), options.Value.MaxDistance, ImageEvent.MaxDuplicates, cancellationToken);

        if (found.Count is 0)
        {
            return;
        }

        db.Outbox.Add(OutboxMessage.From(dispatch.CreateEvent(image, ImagesExchange.Keys.Duplicates) with
        {
            Duplicates = [.. found.Select(one => new DuplicateImage(one.Id, one.Distance, one.IsExact))],
        }));
    }
}
