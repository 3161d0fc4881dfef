namespace BillionHearts.Api.Platform.Work;

/// <summary>
/// Limits background work to a share of the time of a dependency, such as the blob store: after each step it pauses in proportion to how long
/// the step took. A dependency that slows down therefore gets less work, and user requests are served in between.
/// </summary>
/// <param name="share">From 0 to 1: with 0.1, pauses are nine times as long as the work.</param>
internal sealed class Pace(double share, TimeProvider clock)
{
    private static readonly TimeSpan s_maxPause = TimeSpan.FromSeconds(10);

    /// <summary>Runs a step and then pauses.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var result = await step();
        var pause = clock.GetElapsedTime(startedAt) * ((1 - share) / share);

        await Task.Delay(pause < s_maxPause ? pause : s_maxPause, clock, cancellationToken);

        return result;
    }
}
