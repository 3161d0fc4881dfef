using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Uploads.Readiness;

/// <summary>The section <c>WarmUp</c>.</summary>
internal sealed record WarmUpOptions
{
    public const string SectionName = "WarmUp";

    /// <summary>How often each path runs before the service is ready; 0 for not at all.</summary>
    [Range(0, 1000)]
    public int Rounds { get; init; } = 12;

    /// <summary>When the service is ready in any case.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(5);
}
