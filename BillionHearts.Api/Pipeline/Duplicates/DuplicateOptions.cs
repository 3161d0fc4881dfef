using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Pipeline.Duplicates;

/// <summary>When two images count as near-duplicates. Bound from the section <c>Duplicates</c>.</summary>
internal sealed record DuplicateOptions
{
    public const string SectionName = "Duplicates";

    public const int DefaultDistance = 8;

    /// <summary>How many of the 64 bits of two perceptual hashes may differ. docs/performance.md shows what each number finds.</summary>
    [Range(0, HashBands.MaxDistance)]
    public int MaxDistance { get; init; } = DefaultDistance;
}
