namespace BillionHearts.Tests;

/// <summary>Reads until a condition holds; failing, says what it read last.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public static async Task<T> ReadAsync<T>(
        Func<CancellationToken, Task<T>> read, Func<T, bool> until, TimeSpan within, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(within);
        var last = "nothing: the first read did not end in time";

        try
        {
            while (true)
            {
                var value = await read(limit.Token);
                if (until(value))
                {
                    return value;
                }

                last = $"{value}";
                await Task.Delay(s_pause, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The condition did not hold within {within.TotalSeconds:0.#} s. Read last: {last}");
        }
    }
}
