using BillionHearts.Api.Platform.Data;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>Removes images for good whose merge can no longer be undone.</summary>
internal sealed class MergeExpiry(ImagesDbContext db, ImageDeletion deletion, IOptions<MergeOptions> options) : IRecurringJob
{
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private const int BatchSize = 50;

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken) =>
        await RemoveDueAsync(cancellationToken) is BatchSize ? NextRun.AtOnce : NextRun.WhenDue;

    /// <returns>How many images were removed.</returns>
    internal Task<int> RemoveDueAsync(CancellationToken cancellationToken) => db.InTransactionAsync(
        async cancel =>
        {
            var due = await db.Images
                .FromSql(
                    $"""
                    SELECT * FROM images WHERE merged_at <= now() - {options.Value.UndoFor}
                    ORDER BY merged_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED
                    """)
                .IgnoreQueryFilters().ToListAsync(cancel);

            // Retiring locks the user's row: two replicas lock users in the same order, and a deletion locks only one, after its images.
            foreach (var image in due.OrderBy(image => image.UserId))
            {
                (image.MergedInto, image.MergedAt) = (null, null);
                await deletion.RetireAsync(image, cancel);
            }

            await db.SaveChangesAsync(cancel);
            return due.Count;
        },
        cancellationToken);
}
