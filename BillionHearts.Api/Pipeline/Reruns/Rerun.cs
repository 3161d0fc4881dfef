using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Pipeline.Reruns;

/// <summary>A repeated analysis of many images. All of its state is here, so it survives the processes that feed it.</summary>
internal sealed class Rerun
{
    public long Id { get; init; }

    /// <summary>One of <see cref="RerunScope"/>.</summary>
    public required string Scope { get; init; }

    /// <summary>For <see cref="RerunScope.OlderThan"/>: analyses by lower versions of this analyser are repeated.</summary>
    public string? Analyzer { get; init; }

    /// <summary>Only images of this user.</summary>
    public long? UserId { get; init; }

    /// <summary>One of <see cref="RerunState"/>.</summary>
    public required string State { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Images that it was expected to repeat when it started.</summary>
    public required long Expected { get; init; }

    public required bool IsEstimate { get; init; }

    /// <summary>Images up to this id are dealt with.</summary>
    public long Position { get; set; }

    /// <summary>The largest id when it started. Later images are analysed by the current analyser anyway.</summary>
    public required long LastId { get; init; }

    public long Queued { get; set; }

    public long Done { get; set; }

    public long Failed { get; set; }

    /// <summary>Queued images that were deleted or got a new content before their analysis ended.</summary>
    public long Skipped { get; set; }
}

/// <summary>An image whose repeated analysis is queued and has not ended.</summary>
internal sealed class RerunImage
{
    public required long RerunId { get; init; }

    public required long ImageId { get; init; }

    public required int Version { get; init; }

    /// <summary>The first request; its retries have later ids.</summary>
    public required Guid RequestId { get; init; }
}

internal static class RerunScope
{
    public const string All = "all";
    public const string Failed = "failed";
    public const string OlderThan = "older_than";

    public static readonly string[] Names = [All, Failed, OlderThan];
}

internal static class RerunState
{
    public const string Running = "running";
    public const string Paused = "paused";
    public const string Done = "done";
    public const string Cancelled = "cancelled";
}

internal sealed class RerunMapping : IEntityTypeConfiguration<Rerun>, IEntityTypeConfiguration<RerunImage>
{
    public void Configure(EntityTypeBuilder<Rerun> rerun)
    {
        rerun.ToTable("reruns");
        rerun.Property(r => r.Id).UseIdentityAlwaysColumn();
        rerun.Property(r => r.Scope).HasMaxLength(16);
        rerun.Property(r => r.Analyzer).HasMaxLength(AnalyzerVersion.MaxLength);
        rerun.Property(r => r.State).HasMaxLength(16);
        rerun.Property(r => r.CreatedAt).HasDefaultValueSql("now()");
    }

    public void Configure(EntityTypeBuilder<RerunImage> image)
    {
        image.ToTable("rerun_images");
        image.HasKey(i => new { i.RerunId, i.ImageId });
        image.HasOne<Rerun>().WithMany().HasForeignKey(i => i.RerunId).OnDelete(DeleteBehavior.Cascade);
    }
}
