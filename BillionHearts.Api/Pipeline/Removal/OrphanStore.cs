using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>What the database knows of blobs: the SQL of <see cref="OrphanCollection"/>.</summary>
internal sealed class OrphanStore(ImagesDbContext db)
{
    /// <summary>Any number, the same in every release: replicas take turns by it.</summary>
    private const long AdvisoryLock = 0x62_68_6F_72_70_68;

    /// <returns>The turn, to be disposed of, or <see langword="null"/> while another replica has it.</returns>
    public async Task<IAsyncDisposable?> TryTakeTurnAsync(CancellationToken cancellationToken)
    {
        // The lock is the session's, which must therefore stay the same; a transaction as long as a listing would keep VACUUM from its work.
        await db.Database.OpenConnectionAsync(cancellationToken);
        var isOurs = false;

        try
        {
            isOurs = await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_lock({AdvisoryLock}) AS \"Value\"").SingleAsync(cancellationToken);
            return isOurs ? new Turn(db) : null;
        }
        finally
        {
            if (!isOurs)
            {
                await db.Database.CloseConnectionAsync();
            }
        }
    }

    public Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        db.Database.SqlQuery<DateTimeOffset>($"SELECT now() AS \"Value\"").SingleAsync(cancellationToken);

    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken) => !await db.Images.IgnoreQueryFilters().AnyAsync(cancellationToken);

    /// <summary>Those that no image, no unfinished upload and no removal under way has to do with.</summary>
    public async Task<List<string>> FindUnnamedAsync(IReadOnlyCollection<string> listed, CancellationToken cancellationToken)
    {
        if (listed.Count is 0)
        {
            return [];
        }

        string[] keys = [.. listed];
        string[] originals = [.. keys.Select(key => BlobFamily.OriginalOf(key)!)];

        return await db.Database.SqlQuery<string>(
            $"""
            SELECT listed.key AS "Value" FROM unnest({keys}, {originals}) AS listed (key, original)
            WHERE NOT EXISTS (SELECT FROM images WHERE storage_path = listed.original AND deleted_at IS NULL)
              AND NOT EXISTS (SELECT FROM resumable_upload_parts WHERE blob_key = listed.key)
              AND NOT EXISTS (SELECT FROM retired_blobs WHERE blob_key IN (listed.key, listed.original))
            """).ToListAsync(cancellationToken);
    }

    /// <summary>Retires them, but for those that have been named since they were found.</summary>
    public Task<int> RetireUnnamedAsync(string[] keys, CancellationToken cancellationToken)
    {
        string[] originals = [.. keys.Select(key => BlobFamily.OriginalOf(key)!)];

        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO retired_blobs (blob_key, due_at, attempts)
            SELECT listed.key, now(), 0 FROM unnest({keys}, {originals}) AS listed (key, original)
            WHERE NOT EXISTS (SELECT FROM images WHERE storage_path = listed.original AND deleted_at IS NULL)
              AND NOT EXISTS (SELECT FROM resumable_upload_parts WHERE blob_key = listed.key)
            ON CONFLICT DO NOTHING
            """,
            cancellationToken);
    }

    private sealed class Turn(ImagesDbContext db) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({AdvisoryLock})");
            }
            finally
            {
                // Npgsql resets a session that goes back to its pool, and that gives up its locks.
                await db.Database.CloseConnectionAsync();
            }
        }
    }
}
