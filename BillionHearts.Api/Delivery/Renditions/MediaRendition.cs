using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Delivery.Renditions;

/// <summary>A rendition that was requested: it is made, being made, or impossible.</summary>
internal sealed class MediaRendition
{
    public required string MediaKey { get; init; }

    /// <summary>A <see cref="Contracts.RenditionName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>When the claim of the request that makes it expires.</summary>
    public DateTimeOffset? ClaimedUntil { get; init; }

    public DateTimeOffset? MadeAt { get; init; }

    public string? BlobKey { get; init; }

    public string? ContentType { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }

    public long? Bytes { get; init; }

    /// <summary>The reason why it can never be made: a sentence for the reader.</summary>
    public string? Failure { get; init; }
}

internal sealed class MediaRenditionMapping : IEntityTypeConfiguration<MediaRendition>
{
    public void Configure(EntityTypeBuilder<MediaRendition> rendition)
    {
        rendition.ToTable("media_renditions");
        rendition.HasKey(r => new { r.MediaKey, r.Name });
        rendition.Property(r => r.MediaKey).HasMaxLength(32).IsFixedLength();
        rendition.Property(r => r.Name).HasMaxLength(Contracts.RenditionName.MaxLength);
        rendition.Property(r => r.ContentType).HasMaxLength(16);
    }
}
