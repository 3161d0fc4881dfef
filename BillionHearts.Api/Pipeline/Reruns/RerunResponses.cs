using System.ComponentModel;

namespace BillionHearts.Api.Pipeline.Reruns;

/// <param name="Images">How many images would be analysed again.</param>
/// <param name="IsEstimate">Whether they were estimated from a sample, as in a large table, and not counted.</param>
/// <param name="ExpectedSeconds">From the speed of the last ten minutes; null if nothing was analysed then.</param>
internal sealed record RerunForecast(long Images, bool IsEstimate, double? ExpectedSeconds);

internal sealed record RerunResponse
{
    public required long Id { get; init; }

    public required string Scope { get; init; }

    public string? Analyzer { get; init; }

    public long? UserId { get; init; }

    [Description("running, paused, done or cancelled.")]
    public required string State { get; init; }

    public required DateTime CreatedAt { get; init; }

    public DateTime? EndedAt { get; init; }

    [Description("Images that it was expected to repeat when it started.")]
    public required long Expected { get; init; }

    [Description("Whether `expected` was estimated from a sample.")]
    public required bool IsEstimate { get; init; }

    [Description("Images whose analysis was requested so far: done, failed, skipped and outstanding.")]
    public required long Queued { get; init; }

    public required long Done { get; init; }

    [Description("An image that had a result before keeps it.")]
    public required long Failed { get; init; }

    [Description("Deleted or replaced before their analysis ended.")]
    public required long Skipped { get; init; }

    [Description("Queued or being analysed now. They end even if the re-run is paused or cancelled.")]
    public required int Outstanding { get; init; }

    [Description("From the speed of the last ten minutes. Null unless it is running, and if nothing was analysed then.")]
    public double? RemainingSeconds { get; init; }
}
