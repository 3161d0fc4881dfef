using BillionHearts.Api.Data;
using BillionHearts.Api.Media;
using BillionHearts.Storage;
using Microsoft.EntityFrameworkCore;
using OpenTelemetry;

namespace BillionHearts.Api.Images;

/// <summary>
/// Removes the bytes of deleted images, then their rows. A row is leased for a while and not locked, because the store may
/// be slow; each step can be repeated, so a lease that runs out costs nothing but the work.
/// </summary>
internal sealed partial class ImageRemoval(IServiceScopeFactory scopes, IBlobStore blobs, TimeProvider clock, ILogger<ImageRemoval> logger) : BackgroundService
{
    /// <summary>Left to readers who have begun, and to an analysis that is about to write renditions.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(2);

    private const int BatchSize = 20;

    /// <summary>Sets the time of removal, by the database's clock. Does nothing to an image that is not deleted.</summary>
    public static Task ScheduleAsync(ImagesDbContext db, long id, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"UPDATE images SET removal_due_at = now() + {s_grace} WHERE id = {id} AND deleted_at IS NOT NULL", cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_poll, clock);

        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await RemoveDueAsync(stoppingToken) is BatchSize)
                {
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, exception.GetBaseException().Message);
            }
        }
    }

    /// <returns>How many images were due.</returns>
    internal async Task<int> RemoveDueAsync(CancellationToken cancellationToken)
    {
        using var quiet = SuppressInstrumentationScope.Begin();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ImagesDbContext>();

        // The lease doubles with each attempt, up to an hour: it is the back-off too.
        var due = await db.Images
            .FromSql(
                $"""
                UPDATE images
                SET removal_attempts = removal_attempts + 1, removal_due_at = now() + least(3600, 30 * 2 ^ least(removal_attempts, 10)) * interval '1 second'
                WHERE id IN (SELECT id FROM images WHERE removal_due_at <= now() ORDER BY removal_due_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
                RETURNING *
                """)
            .IgnoreQueryFilters().AsNoTracking().ToListAsync(cancellationToken);

        foreach (var image in due)
        {
            await TryRemoveAsync(db, image, cancellationToken);
        }

        return due.Count;
    }

    private async Task TryRemoveAsync(ImagesDbContext db, Image image, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var key in Keys(image))
            {
                await blobs.DeleteAsync(key, cancellationToken);
            }

            await db.Images.IgnoreQueryFilters().Where(row => row.Id == image.Id && row.DeletedAt != null).ExecuteDeleteAsync(cancellationToken);
        }
        catch (BlobStoreUnavailableException exception)
        {
            Log.Postponed(logger, exception, image.Id, image.RemovalAttempts);
        }
    }

    /// <summary>Renditions by the names they can have, and not as noted: analysis may have written some and not yet said so.</summary>
    private static IEnumerable<string> Keys(Image image) => image.Renditions.Select(rendition => rendition.BlobKey)
        .Append(BlobKeys.Rendition(image.StoragePath, MediaUrls.Thumb))
        .Append(BlobKeys.Rendition(image.StoragePath, MediaUrls.Preview))
        .Append(image.StoragePath)
        .Distinct();

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The bytes of deleted image {ImageId} could not be removed in attempt {Attempt}; trying again later")]
        public static partial void Postponed(ILogger logger, Exception exception, long imageId, int attempt);

        [LoggerMessage(LogLevel.Warning, "Deleted images could not be looked for; trying again in a moment: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
