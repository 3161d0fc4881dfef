using BillionHearts.Notifications.Users;

namespace BillionHearts.Notifications.Streaming;

/// <summary>One open stream: the position it has reached, and the signal that wakes it.</summary>
internal sealed class Subscription(OpenStreams owner, Verdict verdict) : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0);
    private long _position;
    private volatile bool _hasEnded;

    /// <summary>On what grounds it opened.</summary>
    public Verdict Verdict => verdict;

    public long UserId => verdict.Holder.UserId;

    /// <summary>Whether its credentials are no longer valid. Nothing may be sent after that.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Sequence of the last event written.</summary>
    public long Position
    {
        get => Interlocked.Read(ref _position);
        set => Interlocked.Exchange(ref _position, value);
    }

    /// <summary>Wakes the stream once, however often it is called before that. Called under the lock of <see cref="OpenStreams"/>.</summary>
    public void Signal()
    {
        if (_signal.CurrentCount == 0)
        {
            _signal.Release();
        }
    }

    /// <inheritdoc cref="Signal"/>
    public void End()
    {
        _hasEnded = true;
        Signal();
    }

    /// <returns>False when the time passed without a signal.</returns>
    public async Task<bool> WaitAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        // The semaphore's own timeout would use the system's clock.
        using var silence = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        var waiting = _signal.WaitAsync(either.Token);
        await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return waiting.IsCompletedSuccessfully;
    }

    // The semaphore is left to the garbage collector: another thread may still signal it.
    public void Dispose() => owner.Close(this);
}
