namespace BillionHearts.Dashboard.Tests;

/// <summary>Reads until a condition holds; failing, says what it read last.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public static async Task<T> ReadAsync<T>(Func<T> read, Func<T, bool> until, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);

        for (var value = read(); ; value = read())
        {
            if (until(value))
            {
                return value;
            }

            try
            {
                await Task.Delay(s_pause, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"The condition did not hold within {s_limit.TotalSeconds} s. Read last: {value}");
            }
        }
    }
}
