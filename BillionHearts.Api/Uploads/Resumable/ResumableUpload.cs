using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>
/// A tus upload. Its bytes are in the blob store in parts. <see cref="Offset"/> changes by compare-and-set together with the row
/// of a part, so two requests, even on two replicas, can never both write at the same offset.
/// </summary>
internal sealed class ResumableUpload
{
    /// <summary>128 random bits in hex. It is a secret: a client needs it to continue the upload.</summary>
    public required string Id { get; init; }

    public required long UserId { get; init; }

    public required string OriginalFilename { get; init; }

    /// <summary>The client's <c>Upload-Metadata</c>, which is returned unchanged.</summary>
    public required string Metadata { get; init; }

    /// <summary>Length of the whole upload, in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>How many bytes are durable.</summary>
    public long Offset { get; set; }

    /// <summary>The image that the upload has become; null before that.</summary>
    public long? ImageId { get; set; }

    /// <summary>Why it ended without an image: the slug of the problem with its content, or a value of <see cref="UploadEnd"/>.</summary>
    public string? Refusal { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; set; }
}

/// <summary>A range of an upload's bytes and the blob that holds it.</summary>
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
        // "offset" is a reserved word in SQL.
        upload.Property(u => u.Offset).HasColumnName("upload_offset");
        upload.Property(u => u.Metadata).HasMaxLength(MaxMetadataLength);
        upload.Property(u => u.Refusal).HasMaxLength(64);
        upload.Property(u => u.CreatedAt).HasDefaultValueSql("now()");
        upload.HasIndex(u => u.ExpiresAt);
        // Creating an upload counts the user's unfinished uploads.
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
        // The search for orphans looks up parts by key.
        part.HasIndex(p => p.BlobKey).IsUnique();
    }
}
