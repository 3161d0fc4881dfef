using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>Writes down, in the caller's transaction, which blobs nothing names any more. <see cref="BlobRemoval"/> does the rest.</summary>
internal static class RetiredBlobs
{
    /// <summary>Left to readers who have begun.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Retires blobs, by the database's clock. Of a family of blobs the original is enough: it takes the others with it.</summary>
    public static Task RetireAsync(this ImagesDbContext db, string[] keys, TimeSpan after, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO retired_blobs (blob_key, due_at, attempts)
            SELECT DISTINCT key, now() + {after}, 0 FROM unnest({keys}) AS key
            ON CONFLICT (blob_key) DO UPDATE SET due_at = excluded.due_at, attempts = 0
            """,
            cancellationToken);

    /// <summary>
    /// Retires what a worker has written for an image that is gone or has other content by now. The worker is not believed:
    /// what belongs to an original that an image names is left alone.
    /// </summary>
    public static Task RetireLateAsync(this ImagesDbContext db, IEnumerable<StoredRendition> renditions, CancellationToken cancellationToken)
    {
        string[] keys = [.. renditions.Select(rendition => rendition.BlobKey).Where(IsRendition)];
        string[] originals = [.. keys.Select(key => BlobFamily.OriginalOf(key)!)];

        return keys.Length is 0
            ? Task.CompletedTask
            : db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO retired_blobs (blob_key, due_at, attempts)
                SELECT DISTINCT late.key, now(), 0 FROM unnest({keys}, {originals}) AS late (key, original)
                WHERE NOT EXISTS (SELECT FROM images WHERE storage_path = late.original AND deleted_at IS NULL)
                ON CONFLICT (blob_key) DO UPDATE SET due_at = excluded.due_at, attempts = 0
                """,
                cancellationToken);
    }

    private static bool IsRendition(string key) =>
        key.StartsWith(BlobFamily.Renditions, StringComparison.Ordinal) && Storage.BlobKeys.IsValid(key) && BlobFamily.OriginalOf(key) is not null;
}
