namespace BillionHearts.Api.Platform.Work;

/// <summary>
/// Keeps background work to a share of the time of what it uses, such as the blob store: after each step it rests in proportion to how long
/// the step took. A dependency that slows down is therefore asked less, and requests of users are served in between.
/// </summary>
/// <param name="share">From 0 to 1: a tenth rests nine times as long as it works.</param>
internal sealed class Pace(double share, TimeProvider clock)
{
    private static readonly TimeSpan s_longestRest = TimeSpan.FromSeconds(10);

    /// <summary>Runs a step and then rests.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var result = await step();
        var rest = clock.GetElapsedTime(startedAt) * ((1 - share) / share);

        await Task.Delay(rest < s_longestRest ? rest : s_longestRest, clock, cancellationToken);

        return result;
    }
}
