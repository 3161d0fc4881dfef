using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>The SQL of <see cref="OrphanCollection"/>: which blobs the database references.</summary>
internal sealed class OrphanStore(ImagesDbContext db)
{
    /// <summary>An arbitrary number that must be the same in every release: all replicas use it for the lock.</summary>
    private const long AdvisoryLock = 0x62_68_6F_72_70_68;

    /// <returns>The lock, which the caller must dispose, or <see langword="null"/> while another replica holds it.</returns>
    public async Task<IAsyncDisposable?> TryLockAsync(CancellationToken cancellationToken)
    {
        // The lock belongs to the session, so the connection stays open. A transaction-level lock would not do: a transaction as long as a listing blocks VACUUM.
        await db.Database.OpenConnectionAsync(cancellationToken);

        try
        {
            if (await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_lock({AdvisoryLock}) AS \"Value\"").SingleAsync(cancellationToken))
            {
                return new HeldLock(db);
            }
        }
        catch
        {
            // The lock may be acquired although the answer did not arrive.
            await EndSessionAsync(db);
            throw;
        }

        await db.Database.CloseConnectionAsync();
        return null;
    }

    public Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        db.Database.SqlQuery<DateTimeOffset>($"SELECT now() AS \"Value\"").SingleAsync(cancellationToken);

    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken) => !await db.Images.IgnoreQueryFilters().AnyAsync(cancellationToken);

    /// <summary>Returns the blobs that belong to no image, no unfinished upload and no pending removal.</summary>
    public async Task<List<string>> FindUnreferencedAsync(IReadOnlyCollection<string> listed, CancellationToken cancellationToken)
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
            WHERE NOT EXISTS (SELECT FROM images WHERE storage_path = listed.original AND (deleted_at IS NULL OR merged_into IS NOT NULL))
              AND NOT EXISTS (SELECT FROM resumable_upload_parts WHERE blob_key = listed.key)
              AND NOT EXISTS (SELECT FROM retired_blobs WHERE blob_key IN (listed.key, listed.original))
            """).ToListAsync(cancellationToken);
    }

    /// <summary>Retires the blobs, except those that are referenced by now.</summary>
    public Task<int> RetireUnreferencedAsync(string[] keys, CancellationToken cancellationToken)
    {
        string[] originals = [.. keys.Select(key => BlobFamily.OriginalOf(key)!)];

        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO retired_blobs (blob_key, due_at, attempts)
            SELECT listed.key, now(), 0 FROM unnest({keys}, {originals}) AS listed (key, original)
            WHERE NOT EXISTS (SELECT FROM images WHERE storage_path = listed.original AND (deleted_at IS NULL OR merged_into IS NOT NULL))
              AND NOT EXISTS (SELECT FROM resumable_upload_parts WHERE blob_key = listed.key)
            ON CONFLICT DO NOTHING
            """,
            cancellationToken);
    }

    /// <summary>A pooled connection would keep the lock.</summary>
    private static Task EndSessionAsync(ImagesDbContext db)
    {
        NpgsqlConnection.ClearPool((NpgsqlConnection)db.Database.GetDbConnection());
        return db.Database.CloseConnectionAsync();
    }

    private sealed class HeldLock(ImagesDbContext db) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({AdvisoryLock})");
            }
            catch
            {
                await EndSessionAsync(db);
                throw;
            }

            await db.Database.CloseConnectionAsync();
        }
    }
}
