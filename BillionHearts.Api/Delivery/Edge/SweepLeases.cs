using BillionHearts.Api.Pipeline;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Delivery.Edge;

/// <summary>The SQL of <see cref="EdgeSweeper"/>: leases of the keys to sweep.</summary>
internal sealed class SweepLeases(ImagesDbContext db)
{
    /// <summary>When the lease expires, another process takes the key, or the same process retries it if a gateway did not answer.</summary>
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(3);

    /// <summary>The delay before the second sweep. Except for the largest files, a gateway caches an answer within this time after the request.</summary>
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    /// <summary>The delay before the last sweep. Longer than a gateway waits for the rest of an answer.</summary>
    private static readonly TimeSpan s_last = TimeSpan.FromSeconds(70);

    /// <summary>Takes due keys that are not leased.</summary>
    public Task<List<RetiredMediaKey>> TakeAsync(int limit, CancellationToken cancellationToken) => db.RetiredMediaKeys
        .FromSql(
            $"""
            UPDATE retired_media_keys SET sweep_due_at = now() + {s_lease}
            WHERE media_key IN (
                SELECT media_key FROM retired_media_keys WHERE sweep_due_at <= now() ORDER BY sweep_due_at LIMIT {limit} FOR UPDATE SKIP LOCKED)
            RETURNING *
            """)
        .AsNoTracking()
        .ToListAsync(cancellationToken);

    /// <summary>The names of the renditions that were made on demand for these keys.</summary>
    public async Task<ILookup<string, string>> NamesAsync(string[] keys, CancellationToken cancellationToken)
    {
        var made = await db.MediaRenditions.AsNoTracking().Where(one => keys.Contains(one.MediaKey))
            .Select(one => new { one.MediaKey, one.Name }).ToListAsync(cancellationToken);
        return made.ToLookup(one => one.MediaKey, one => one.Name);
    }

    /// <summary>Records a successful sweep: schedules the second and then the last one. After that, a key is never due again.</summary>
    public async Task EndAsync(IReadOnlyCollection<RetiredMediaKey> swept, CancellationToken cancellationToken)
    {
        string[] keys = [.. swept.Select(key => key.MediaKey)];
        string[] ended = [.. swept.Where(key => key.Sweeps >= 2).Select(key => key.MediaKey)];

        if (keys.Length is 0)
        {
            return;
        }

        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE retired_media_keys
            SET sweep_due_at = CASE sweeps WHEN 0 THEN now() + {s_second} WHEN 1 THEN now() + {s_last} END, sweeps = sweeps + 1
            WHERE media_key = ANY({keys})
            """,
            cancellationToken);

        if (ended.Length > 0)
        {
            // The renditions of a merged image stay, because it can come back.
            await db.MediaRenditions
                .Where(one => ended.Contains(one.MediaKey) && !db.Images.IgnoreQueryFilters().Any(image =>
                    image.MediaKey == one.MediaKey && (image.DeletedAt == null || image.MergedInto != null)))
                .ExecuteDeleteAsync(cancellationToken);
            await db.RetiredMediaKeys.Where(key => ended.Contains(key.MediaKey) && key.IsRestored && key.SweepDueAt == null).ExecuteDeleteAsync(cancellationToken);
        }
    }
}
