namespace BillionHearts.Messaging;

/// <summary>Counts the messages that are being handled, and can stop admitting new ones.</summary>
internal sealed class RunningMessages
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _closed;

    /// <summary>Completes when no new messages are admitted and the last one is done.</summary>
    public Task Idle => _idle.Task;

    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            _count++;

            return true;
        }
    }

    public void Exit()
    {
        lock (_lock)
        {
            _count--;
            CompleteWhenIdle();
        }
    }

    public void StopAdmitting()
    {
        lock (_lock)
        {
            _closed = true;
            CompleteWhenIdle();
        }
    }

    private void CompleteWhenIdle()
    {
        if (_closed && _count == 0)
        {
            _idle.TrySetResult();
        }
    }
}
