using System.ComponentModel.DataAnnotations.Schema;
using System.Text.Json;
using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Delivery.Media;

/// <summary>The columns of an image's row that serving its bytes needs, without the analysis.</summary>
internal sealed record MediaImage
{
    public required long Id { get; init; }

    public required string MediaKey { get; init; }

    public required string StoragePath { get; init; }

    public required string FileType { get; init; }

    public required long FileSize { get; init; }

    public required byte[]? Sha256 { get; init; }

    /// <summary>When the content was stored.</summary>
    public required DateTimeOffset StoredAt { get; init; }

    public required string Status { get; init; }

    public required string? FailureDetail { get; init; }

    /// <summary>The column as it is stored.</summary>
    public required string RenditionsJson { get; init; }

    [NotMapped]
    public IReadOnlyList<StoredRendition> Renditions => field ??= JsonSerializer.Deserialize<IReadOnlyList<StoredRendition>>(RenditionsJson)!;

    /// <summary>The analyser that made the renditions, with its version.</summary>
    public required string? Analyzer { get; init; }

    public static async Task<MediaImage?> FindAsync(ImagesDbContext db, string mediaKey, CancellationToken cancellationToken)
    {
        if (!MediaUrls.IsKey(mediaKey))
        {
            return null;
        }

        var found = await db.Database.SqlQuery<MediaImage>(
            $"""
            SELECT id, media_key, storage_path, file_type, file_size, sha256, coalesce(stored_at, upload_date) AS stored_at, status, failure_detail,
                   renditions::text AS renditions_json, analysis ->> 'analyzer' AS analyzer
            FROM images WHERE media_key = {mediaKey} AND deleted_at IS NULL
            """).ToListAsync(cancellationToken);

        return found.SingleOrDefault();
    }
}
