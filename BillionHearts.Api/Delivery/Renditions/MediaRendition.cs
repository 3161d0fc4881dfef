using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Delivery.Renditions;

/// <summary>A copy that somebody has asked for: made, being made, or found not to be possible.</summary>
internal sealed class MediaRendition
{
    public required string MediaKey { get; init; }

    /// <summary>A <see cref="Contracts.RenditionName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Until when whoever makes it has it to themselves.</summary>
    public DateTimeOffset? ClaimedUntil { get; init; }

    public DateTimeOffset? MadeAt { get; init; }

    public string? BlobKey { get; init; }

    public string? ContentType { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }

    public long? Bytes { get; init; }

    /// <summary>Why there will never be one: a sentence for the reader.</summary>
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
