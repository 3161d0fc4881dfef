using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>Bound from the section <c>Merges</c>.</summary>
internal sealed record MergeOptions
{
    public const string SectionName = "Merges";

    /// <summary>How long a merge can be undone. After that, the merged images are removed for good.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan UndoFor { get; init; } = TimeSpan.FromDays(30);
}
