using System.Text.Json;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>A row of the ledger: the result of one attempt to analyse one version of an image.</summary>
internal sealed class AnalysisAttempt
{
    public required Guid RequestId { get; init; }

    public required long ImageId { get; init; }

    public required int Version { get; init; }

    public required int Attempt { get; init; }

    public required string Lane { get; init; }

    /// <summary>See <see cref="Contracts.AnalysisOutcome"/>.</summary>
    public required string Outcome { get; init; }

    public string? Reason { get; init; }

    public string? Detail { get; init; }

    public required string Worker { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    public string? TraceId { get; init; }

    /// <summary>How the decoder of the image ended, if it did. For operators.</summary>
    public AnalysisDiagnosis? Diagnosis { get; init; }
}

internal sealed class AnalysisAttemptMapping : IEntityTypeConfiguration<AnalysisAttempt>
{
    public void Configure(EntityTypeBuilder<AnalysisAttempt> attempt)
    {
        attempt.ToTable("analysis_attempts");
        attempt.HasKey(a => a.RequestId);
        attempt.HasOne<Image>().WithMany().HasForeignKey(a => a.ImageId).OnDelete(DeleteBehavior.Cascade);
        attempt.HasIndex(a => new { a.ImageId, a.Version, a.Attempt });
        attempt.Property(a => a.TraceId).HasMaxLength(32);
        attempt.Property(a => a.Diagnosis).HasColumnType("jsonb").HasConversion(
            diagnosis => JsonSerializer.Serialize(diagnosis, JsonSerializerOptions.Default),
            json => JsonSerializer.Deserialize<AnalysisDiagnosis>(json, JsonSerializerOptions.Default));
        attempt.HasIndex(a => new { a.FinishedAt, a.RequestId }).HasFilter("diagnosis IS NOT NULL");
    }
}
