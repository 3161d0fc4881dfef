using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>
/// A tus upload. Its bytes lie in the blob store in parts; <see cref="Offset"/> moves by compare-and-set together with the row
/// of a part, so that two requests, on two replicas even, can never both add at the same place.
/// </summary>
internal sealed class ResumableUpload
{
    /// <summary>128 random bits in hex: who knows it may go on with the upload.</summary>
    public required string Id { get; init; }

    public required long UserId { get; init; }

    public required string OriginalFilename { get; init; }

    /// <summary>What the client sent as <c>Upload-Metadata</c>, to be told again as it was.</summary>
    public required string Metadata { get; init; }

    /// <summary>Length of the whole, in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Bytes that are durable.</summary>
    public long Offset { get; set; }

    /// <summary>The image that came of it; null before.</summary>
    public long? ImageId { get; set; }

    /// <summary>Slug of the problem that ended it, when its content was no acceptable image.</summary>
    public string? Refusal { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; set; }
}

/// <summary>A stretch of an upload's bytes and the blob that holds it.</summary>
internal sealed class ResumableUploadPart
{
    public required string UploadId { get; init; }

    /// <summary>Offset of its first byte.</summary>
    public required long Start { get; init; }

    public required long Length { get; init; }

    public required string BlobKey { get; init; }
}

internal sealed class ResumableUploadMapping : IEntityTypeConfiguration<ResumableUpload>
{
    public const int MaxMetadataLength = 4096;

    public void Configure(EntityTypeBuilder<ResumableUpload> upload)
    {
        upload.ToTable("resumable_uploads");
        upload.Property(u => u.Id).HasMaxLength(32).IsFixedLength();
        upload.Property(u => u.OriginalFilename).HasMaxLength(ImageMapping.MaxFilenameLength);
        // Plain "offset" is a word of SQL.
        upload.Property(u => u.Offset).HasColumnName("upload_offset");
        upload.Property(u => u.Metadata).HasMaxLength(MaxMetadataLength);
        upload.Property(u => u.Refusal).HasMaxLength(64);
        upload.Property(u => u.CreatedAt).HasDefaultValueSql("now()");
        upload.HasIndex(u => u.ExpiresAt);
        // Each creation counts its user's unfinished ones.
        upload.HasIndex(u => u.UserId).HasFilter("image_id IS NULL AND refusal IS NULL");
    }
}

internal sealed class ResumableUploadPartMapping : IEntityTypeConfiguration<ResumableUploadPart>
{
    public void Configure(EntityTypeBuilder<ResumableUploadPart> part)
    {
        part.ToTable("resumable_upload_parts");
        part.HasKey(p => new { p.UploadId, p.Start });
        part.Property(p => p.UploadId).HasMaxLength(32).IsFixedLength();
        part.HasOne<ResumableUpload>().WithMany().HasForeignKey(p => p.UploadId).OnDelete(DeleteBehavior.Cascade);
        // The orphan collector asks by key.
        part.HasIndex(p => p.BlobKey).IsUnique();
    }
}
