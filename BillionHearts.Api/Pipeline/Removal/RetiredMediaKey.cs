using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>The key of a media address that is no longer valid. It outlives its image's row, so that the answer stays 410 and does not become 404.</summary>
internal sealed class RetiredMediaKey
{
    public required string MediaKey { get; init; }

    public DateTimeOffset RetiredAt { get; init; }

    /// <summary>When the gateways' caches are swept next: at once after retirement, and <see langword="null"/> once no cached copy can be left.</summary>
    public DateTimeOffset? SweepDueAt { get; init; }

    /// <summary>How many sweeps have succeeded at all gateways.</summary>
    public int Sweeps { get; init; }

    /// <summary>Whether the image has come back, so that the sweeps replace the gateways' copies of the 410 by the bytes. The row is deleted after the last.</summary>
    public bool IsRestored { get; init; }
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
        key.Property(k => k.IsRestored).HasDefaultValue(false);
        key.HasIndex(k => k.SweepDueAt).HasFilter("sweep_due_at IS NOT NULL");
    }
}
