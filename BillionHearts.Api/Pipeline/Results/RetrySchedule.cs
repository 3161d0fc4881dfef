namespace BillionHearts.Api.Pipeline.Results;

/// <summary>How often and when an analysis is retried after a transient failure. Neither the worker nor the broker decides this.</summary>
internal static class RetrySchedule
{
    public const int MaxAttempts = 5;

    private static readonly TimeSpan[] s_delays =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2)];

    /// <returns><see langword="null"/> if there are no attempts left.</returns>
    /// <param name="random">From 0 to 1: adds up to a fifth, so that requests that failed together are not retried together.</param>
    public static TimeSpan? DelayAfter(int attempt, double random) =>
        attempt < MaxAttempts ? s_delays[attempt - 1] * (1 + (random / 5)) : null;
}
