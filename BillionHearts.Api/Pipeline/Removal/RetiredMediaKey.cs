using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>A media address that was good once. It is remembered when its image's row is gone, so that it stays 410 and does not become 404.</summary>
internal sealed class RetiredMediaKey
{
    public required string MediaKey { get; init; }

    public DateTimeOffset RetiredAt { get; init; }

    /// <summary>When the gateways are to be told next. From the start, and no longer when no copy can be left.</summary>
    public DateTimeOffset? SweepDueAt { get; init; }

    /// <summary>How often all of them have been told.</summary>
    public int Sweeps { get; init; }
}

internal sealed class RetiredMediaKeyMapping : IEntityTypeConfiguration<RetiredMediaKey>
{
    public void Configure(EntityTypeBuilder<RetiredMediaKey> key)
    {
        key.ToTable("retired_media_keys");
        key.HasKey(k => k.MediaKey);
        key.Property(k => k.MediaKey).HasMaxLength(32).IsFixedLength();
        key.Property(k => k.RetiredAt).HasDefaultValueSql("now()");
        key.HasIndex(k => k.RetiredAt);
        key.Property(k => k.SweepDueAt).HasDefaultValueSql("now()");
        key.Property(k => k.Sweeps).HasDefaultValue(0);
        key.HasIndex(k => k.SweepDueAt).HasFilter("sweep_due_at IS NOT NULL");
    }
}
