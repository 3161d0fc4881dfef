using System.Text.Json;
using BillionHearts.Api.Pipeline.Reruns;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Pipeline.Comparisons;

/// <summary>A comparison of stored analyses with those that the current workers would make. Its sample is drawn when it starts.</summary>
internal sealed class Comparison
{
    public long Id { get; init; }

    /// <summary>Only analyses by lower versions of this analyser.</summary>
    public string? Analyzer { get; init; }

    /// <summary>Only images of this user.</summary>
    public long? UserId { get; init; }

    /// <summary>One of <see cref="ComparisonState"/>.</summary>
    public required string State { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Until then one replica works on it.</summary>
    public DateTimeOffset? ClaimedUntil { get; init; }
}

/// <summary>An image of a comparison's sample.</summary>
internal sealed class ComparisonImage
{
    public required long ComparisonId { get; init; }

    public required long ImageId { get; init; }

    public required int Version { get; init; }

    /// <summary>One of <see cref="TrialState"/>.</summary>
    public required string State { get; init; }

    /// <summary>How often no worker could answer.</summary>
    public int Attempts { get; init; }

    public DateTimeOffset DueAt { get; init; }

    public string? OldAnalyzer { get; init; }

    /// <summary>How long the stored analysis took, renditions included, if that is still known.</summary>
    public double? OldSeconds { get; init; }

    public string? NewAnalyzer { get; init; }

    public double? NewSeconds { get; init; }

    /// <summary>Why there is nothing to compare.</summary>
    public string? Reason { get; init; }

    public IReadOnlyList<FieldDifference>? Differences { get; init; }
}

internal static class ComparisonState
{
    public const string Running = "running";
    public const string Done = "done";
    public const string Cancelled = "cancelled";
}

internal static class TrialState
{
    public const string Pending = "pending";
    public const string Compared = "compared";

    /// <summary>The image, which has an analysis, cannot be analysed any more.</summary>
    public const string Failed = "failed";

    /// <summary>It was replaced or deleted in the meantime, or no worker answered.</summary>
    public const string Skipped = "skipped";
}

internal sealed class ComparisonMapping : IEntityTypeConfiguration<Comparison>, IEntityTypeConfiguration<ComparisonImage>
{
    public void Configure(EntityTypeBuilder<Comparison> comparison)
    {
        comparison.ToTable("comparisons");
        comparison.Property(c => c.Id).UseIdentityAlwaysColumn();
        comparison.Property(c => c.Analyzer).HasMaxLength(AnalyzerVersion.MaxLength);
        comparison.Property(c => c.State).HasMaxLength(16);
        comparison.Property(c => c.CreatedAt).HasDefaultValueSql("now()");
    }

    public void Configure(EntityTypeBuilder<ComparisonImage> image)
    {
        image.ToTable("comparison_images");
        image.HasKey(i => new { i.ComparisonId, i.ImageId });
        image.HasOne<Comparison>().WithMany().HasForeignKey(i => i.ComparisonId).OnDelete(DeleteBehavior.Cascade);
        // What was found out about an image goes with it.
        image.HasOne<Image>().WithMany().HasForeignKey(i => i.ImageId).OnDelete(DeleteBehavior.Cascade);
        image.Property(i => i.State).HasMaxLength(16);
        image.Property(i => i.DueAt).HasDefaultValueSql("now()");
        image.Property(i => i.Differences).HasColumnType("jsonb").HasConversion(
            differences => JsonSerializer.Serialize(differences, JsonSerializerOptions.Default),
            json => JsonSerializer.Deserialize<IReadOnlyList<FieldDifference>>(json, JsonSerializerOptions.Default));
    }
}
