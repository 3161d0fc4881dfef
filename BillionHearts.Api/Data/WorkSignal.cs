namespace BillionHearts.Api.Data;

/// <summary>Wakes a job of this process after a commit. Only a hint: a lost one costs the second until the job looks by itself.</summary>
internal abstract class WorkSignal : IDisposable
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
