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

    public required IReadOnlyList<StoredRendition> Renditions { get; init; }

    /// <summary>The analyser that made the renditions, with its version.</summary>
    public required string? Analyzer { get; init; }

    public static async Task<MediaImage?> FindAsync(ImagesDbContext db, string mediaKey, CancellationToken cancellationToken)
    {
        if (!MediaUrls.IsKey(mediaKey))
        {
            return null;
        }

        var rows = await db.Database.SqlQuery<Row>(
            $"""
            SELECT id, storage_path, file_type, file_size, sha256, coalesce(stored_at, upload_date) AS stored_at, status, failure_detail,
                   renditions::text AS renditions, analysis ->> 'analyzer' AS analyzer
            FROM images WHERE media_key = {mediaKey} AND deleted_at IS NULL
            """).ToListAsync(cancellationToken);

        return rows.SingleOrDefault()?.ToImage(mediaKey);
    }

    private sealed class Row
    {
        public long Id { get; init; }

        public string StoragePath { get; init; } = "";

        public string FileType { get; init; } = "";

        public long FileSize { get; init; }

        public byte[]? Sha256 { get; init; }

        public DateTimeOffset StoredAt { get; init; }

        public string Status { get; init; } = "";

        public string? FailureDetail { get; init; }

        public string Renditions { get; init; } = "[]";

        public string? Analyzer { get; init; }

        public MediaImage ToImage(string mediaKey) => new()
        {
            Id = Id,
            MediaKey = mediaKey,
            StoragePath = StoragePath,
            FileType = FileType,
            FileSize = FileSize,
            Sha256 = Sha256,
            StoredAt = StoredAt,
            Status = Status,
            FailureDetail = FailureDetail,
            Renditions = JsonSerializer.Deserialize<IReadOnlyList<StoredRendition>>(Renditions)!,
            Analyzer = Analyzer,
        };
    }
}
