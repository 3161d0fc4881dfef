using BillionHearts.Api.Pipeline;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Delivery.Edge;

/// <summary>Which key is swept when, and by whom: the SQL of <see cref="EdgeSweeper"/>.</summary>
internal sealed class SweepLeases(ImagesDbContext db)
{
    /// <summary>After which a key is taken by another process, or by the same again when a gateway did not answer.</summary>
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(3);

    /// <summary>An answer of the api is stored within this time of its being asked for, but for the largest files.</summary>
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    /// <summary>Longer than a gateway waits for the rest of any answer.</summary>
    private static readonly TimeSpan s_last = TimeSpan.FromSeconds(70);

    /// <summary>Takes keys that are due and that nobody else has.</summary>
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

    /// <summary>Names of what was made for these keys when it was asked for.</summary>
    public async Task<ILookup<string, string>> NamesAsync(string[] keys, CancellationToken cancellationToken)
    {
        var made = await db.MediaRenditions.AsNoTracking().Where(one => keys.Contains(one.MediaKey))
            .Select(one => new { one.MediaKey, one.Name }).ToListAsync(cancellationToken);
        return made.ToLookup(one => one.MediaKey, one => one.Name);
    }

    /// <summary>These were swept: they are due again for the second and the last time, and then never.</summary>
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
            await db.MediaRenditions.Where(one => ended.Contains(one.MediaKey)).ExecuteDeleteAsync(cancellationToken);
        }
    }
}
