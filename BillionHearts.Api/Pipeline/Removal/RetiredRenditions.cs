using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>Retires on-demand renditions when their image is deleted or replaced.</summary>
internal static class RetiredRenditions
{
    /// <summary>Retires their blobs, in the caller's transaction. Their rows stay until no gateway has a cached copy.</summary>
    public static Task RetireRenditionsAsync(this ImagesDbContext db, string? mediaKey, TimeSpan after, CancellationToken cancellationToken) =>
        mediaKey is null
            ? Task.CompletedTask
            : db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO retired_blobs (blob_key, due_at, attempts)
                SELECT DISTINCT blob_key, now() + {after}, 0 FROM media_renditions WHERE media_key = {mediaKey} AND blob_key IS NOT NULL
                ON CONFLICT (blob_key) DO UPDATE SET due_at = excluded.due_at, attempts = 0
                """,
                cancellationToken);
}
