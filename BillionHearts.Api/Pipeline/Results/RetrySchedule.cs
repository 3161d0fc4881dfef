namespace BillionHearts.Api.Pipeline.Results;

/// <summary>How often and when an analysis is tried again that failed for a passing reason. The worker does not decide this, nor does the broker.</summary>
internal static class RetrySchedule
{
    public const int MaxAttempts = 5;

    private static readonly TimeSpan[] s_delays =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2)];

    /// <returns><see langword="null"/> when the attempt was the last.</returns>
    /// <param name="random">From 0 to 1: up to a fifth is added, so that what failed together does not come back together.</param>
    public static TimeSpan? DelayAfter(int attempt, double random) =>
        attempt < MaxAttempts ? s_delays[attempt - 1] * (1 + (random / 5)) : null;
}
