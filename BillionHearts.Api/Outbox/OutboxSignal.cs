namespace BillionHearts.Api.Outbox;

/// <summary>Wakes the relay of this process after a commit. Only a hint: a lost one costs the second until the relay looks by itself.</summary>
internal sealed class OutboxSignal : IDisposable
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

    /// <summary>Returns when set, or after the time.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _set.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _set.Dispose();
}
