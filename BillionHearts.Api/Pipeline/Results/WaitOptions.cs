using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>How many requests may wait for the end of an analysis at the same time. Bound from the <c>Wait</c> section.</summary>
internal sealed record WaitOptions
{
    public const string SectionName = "Wait";

    /// <summary>In one process. Further requests get 503.</summary>
    [Range(0, 100_000)]
    public int MaxWaiting { get; init; } = 1000;

    /// <summary>For images of one user, in one process, so that no user takes all places.</summary>
    [Range(0, 100_000)]
    public int MaxPerUser { get; init; } = 100;

    /// <summary>Longest time that a request waits. The gateway breaks off after 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:50")]
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);
}
