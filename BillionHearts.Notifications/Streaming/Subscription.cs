namespace BillionHearts.Notifications.Streaming;

/// <summary>One open stream: how far it has told its user, and the bell that wakes it.</summary>
internal sealed class Subscription(OpenStreams owner, long userId) : IDisposable
{
    private readonly SemaphoreSlim _bell = new(0);
    private long _position;

    public long UserId => userId;

    /// <summary>Sequence of the last event written.</summary>
    public long Position
    {
        get => Interlocked.Read(ref _position);
        set => Interlocked.Exchange(ref _position, value);
    }

    /// <summary>Rings once however often it is called before the stream wakes. Called under the lock of <see cref="OpenStreams"/>.</summary>
    public void Signal()
    {
        if (_bell.CurrentCount == 0)
        {
            _bell.Release();
        }
    }

    /// <returns>False when nothing happened for this long.</returns>
    public async Task<bool> WaitAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        // The semaphore's own limit would be of the system's clock.
        using var silence = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        var signal = _bell.WaitAsync(either.Token);
        await signal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return signal.IsCompletedSuccessfully;
    }

    // The bell itself is left to the collector: somebody may still hold it to ring.
    public void Dispose() => owner.Close(this);
}
