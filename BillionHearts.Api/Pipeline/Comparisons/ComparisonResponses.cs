using System.ComponentModel;

namespace BillionHearts.Api.Pipeline.Comparisons;

internal sealed record ComparisonResponse
{
    public required long Id { get; init; }

    public string? Analyzer { get; init; }

    public long? UserId { get; init; }

    [Description("running, done or cancelled.")]
    public required string State { get; init; }

    public required DateTime CreatedAt { get; init; }

    public DateTime? EndedAt { get; init; }

    [Description("Images in the sample.")]
    public required int Sample { get; init; }

    [Description("Images that were analysed again.")]
    public required int Compared { get; init; }

    [Description("Images that have an analysis and could not be analysed again.")]
    public required int Failed { get; init; }

    [Description("Deleted or replaced in the meantime, or no worker answered.")]
    public required int Skipped { get; init; }

    public required int Pending { get; init; }

    [Description("What differs. Null in lists.")]
    public ComparisonReport? Report { get; init; }
}

/// <param name="Changed">Images of which a field changed or was lost. Fields that were added do not count.</param>
/// <param name="Analyzers">Which analyser made how many of the compared pairs.</param>
/// <param name="Seconds">How long an image takes.</param>
/// <param name="Fields">The fields that differ, those of most images first. A field that is not here is the same in all images.</param>
/// <param name="NotCompared">Why images have no new analysis.</param>
/// <param name="MostDifferent">Images with the most fields that changed or were lost.</param>
internal sealed record ComparisonReport(
    int Changed,
    IReadOnlyList<AnalyzerPair> Analyzers,
    ComparedSeconds Seconds,
    IReadOnlyList<ComparedField> Fields,
    IReadOnlyList<NotCompared> NotCompared,
    IReadOnlyList<DifferentImage> MostDifferent);

internal sealed record AnalyzerPair(string? Old, string? New, int Images);

/// <summary>Null if nothing is known.</summary>
/// <param name="OldMedian">As the ledger of attempts has it: with storing the renditions.</param>
/// <param name="NewMedian">Without storing the renditions.</param>
internal sealed record ComparedSeconds(double? OldMedian, double? OldP95, double? NewMedian, double? NewP95);

/// <param name="Field">Its path, such as <c>tone.contrast</c>. Fields that begin with <c>photo.</c> are what the camera wrote.</param>
/// <param name="Share">Of the compared images: those where it changed, was added or was lost.</param>
/// <param name="Median">Of how much a number changed; of a hash, how many bits. Null for other fields, and for what the camera wrote.</param>
internal sealed record ComparedField(string Field, int Changed, int Added, int Lost, double Share, double? Median, double? P95, double? Max);

internal sealed record NotCompared(string State, string? Reason, int Images);

/// <param name="Differences">Without the fields that were added.</param>
internal sealed record DifferentImage(long ImageId, IReadOnlyList<FieldDifference> Differences);
