using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>A blob that is no longer referenced. The row is added in the commit that removes the last reference; a job retries until the blob is removed.</summary>
internal sealed class RetiredBlob
{
    public required string BlobKey { get; init; }

    public DateTimeOffset DueAt { get; init; }

    public int Attempts { get; init; }
}

internal sealed class RetiredBlobMapping : IEntityTypeConfiguration<RetiredBlob>
{
    public void Configure(EntityTypeBuilder<RetiredBlob> blob)
    {
        blob.ToTable("retired_blobs");
        blob.HasKey(b => b.BlobKey);
        blob.Property(b => b.DueAt).HasDefaultValueSql("now()");
        blob.HasIndex(b => b.DueAt);
    }
}
