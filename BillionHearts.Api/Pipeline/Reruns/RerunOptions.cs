using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Pipeline.Reruns;

/// <summary>How fast a re-run may be. Bound from the <c>Reruns</c> section.</summary>
internal sealed record RerunOptions
{
    public const string SectionName = "Reruns";

    /// <summary>
    /// Images that are queued or being analysed at the same time. It also limits the speed, because they are queued once a second: raise it with the number
    /// of workers. The lower it is, the sooner a pause takes effect.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxOutstanding { get; init; } = 32;

    /// <summary>
    /// While the P99 of uploads is above this, fewer images are queued: half of them at one and a half times as much, one at twice as much. Includes the time
    /// that clients take to send.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan SlowAbove { get; init; } = TimeSpan.FromMilliseconds(200);
}
