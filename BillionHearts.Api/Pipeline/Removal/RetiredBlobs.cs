using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>Records, in the caller's transaction, which blobs are no longer referenced. <see cref="BlobRemoval"/> removes them.</summary>
internal static class RetiredBlobs
{
    /// <summary>Lets downloads that have begun finish.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Retires blobs, by the database's clock. The key of an original is enough: its renditions and incoming blob are removed with it.</summary>
    public static Task RetireAsync(this ImagesDbContext db, string[] keys, TimeSpan after, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO retired_blobs (blob_key, due_at, attempts)
            SELECT DISTINCT key, now() + {after}, 0 FROM unnest({keys}) AS key
            ON CONFLICT (blob_key) DO UPDATE SET due_at = excluded.due_at, attempts = 0
            """,
            cancellationToken);

    /// <summary>
    /// Retires the renditions that a worker has written for an image that is deleted or has new content. The worker is not
    /// trusted: renditions of an original that an image still references are kept, also those of a merged image, which can come back.
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
                WHERE NOT EXISTS (SELECT FROM images WHERE storage_path = late.original AND (deleted_at IS NULL OR merged_into IS NOT NULL))
                ON CONFLICT (blob_key) DO UPDATE SET due_at = excluded.due_at, attempts = 0
                """,
                cancellationToken);
    }

    private static bool IsRendition(string key) =>
        key.StartsWith(BlobFamily.Renditions, StringComparison.Ordinal) && Storage.BlobKeys.IsValid(key) && BlobFamily.OriginalOf(key) is not null;
}
