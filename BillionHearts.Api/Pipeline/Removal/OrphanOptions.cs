using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>When unreferenced blobs are collected, and how many at most. Bound from the <c>Orphans</c> section.</summary>
internal sealed record OrphanOptions
{
    public const string SectionName = "Orphans";

    /// <summary>Turn this off before a database is restored to an earlier time: blobs that were stored since would look like orphans.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Minimum age of an orphan. Must be longer than the longest upload, and longer than a restored database may be behind the store.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan Grace { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Time between searches. Each lists the whole store, at a few thousand blobs per request.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "30.00:00:00")]
    public TimeSpan Period { get; init; } = TimeSpan.FromHours(6);

    /// <summary>If a search finds more orphans than this, and more than <see cref="MaxShare"/> of the listed blobs, it removes nothing: the result is not plausible.</summary>
    [Range(0, 1_000_000)]
    public int MaxCount { get; init; } = 100;

    /// <summary>Share of the listed blobs, from 0 to 1. See <see cref="MaxCount"/>.</summary>
    [Range(0, 1)]
    public double MaxShare { get; init; } = 0.01;
}
