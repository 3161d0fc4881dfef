using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>When and how boldly blobs are collected that nothing names. Bound from the <c>Orphans</c> section.</summary>
internal sealed record OrphanOptions
{
    public const string SectionName = "Orphans";

    /// <summary>Off before a database is restored to an earlier time: what was stored since would look like orphans.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>How old a blob must be. Longer than the longest upload, and than a database may be behind the store after it was restored.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan Grace { get; init; } = TimeSpan.FromDays(1);

    /// <summary>From one search to the next. Each lists the whole store, at a few thousand blobs a request.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "30.00:00:00")]
    public TimeSpan Period { get; init; } = TimeSpan.FromHours(6);

    /// <summary>More orphans than this, and than <see cref="MaxShare"/> of what was listed, are believed of no store: nothing is then removed.</summary>
    [Range(0, 1_000_000)]
    public int MaxCount { get; init; } = 100;

    /// <summary>From 0 to 1.</summary>
    [Range(0, 1)]
    public double MaxShare { get; init; } = 0.01;
}
