namespace BillionHearts.ServiceDefaults.Work;

/// <summary>Wakes a recurring job of this process before its period is over. Only a hint: if it is lost, the job runs at its usual time.</summary>
public abstract class WorkSignal : IDisposable
{
    private readonly SemaphoreSlim _set = new(0, 1);
    private readonly Lock _lock = new();

    public void Set()
    {
        lock (_lock)
        {
            if (_set.CurrentCount is 0)
            {
                _set.Release();
            }
        }
    }

    /// <summary>Returns when the signal is set, or after the time.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);

        await _set.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _set.Dispose();
        GC.SuppressFinalize(this);
    }
}
