using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Work;

/// <summary>
/// Limits how many images are analysed at the same time and gives priority to fresh uploads: a back-fill image is started only
/// while no fresh one is being analysed or waiting.
/// </summary>
internal sealed class WorkSlots(int count)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _freshWaiting = [];
    private readonly LinkedList<TaskCompletionSource> _backfillWaiting = [];
    private readonly int _count = count;
    private int _free = count;
    private int _freshRunning;

    /// <summary>No image is being analysed or waiting.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _free == _count;
            }
        }
    }

    /// <summary>Waits for a free slot. Disposing the result releases it.</summary>
    public async Task<IDisposable> EnterAsync(string lane, CancellationToken cancellationToken)
    {
        var fresh = lane is not AnalysisLane.Backfill;
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = fresh ? _freshWaiting : _backfillWaiting;
        LinkedListNode<TaskCompletionSource> place;

        lock (_lock)
        {
            place = waiting.AddLast(turn);
            Admit();
        }

        await using var registration = cancellationToken.Register(() => Withdraw(waiting, place, cancellationToken));
        await turn.Task;

        return new Slot(this, fresh);
    }

    private void Withdraw(LinkedList<TaskCompletionSource> waiting, LinkedListNode<TaskCompletionSource> place, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // A waiter that was admitted in the meantime is not in the list any more, and keeps its slot.
            if (place.List == waiting)
            {
                waiting.Remove(place);
                place.Value.SetCanceled(cancellationToken);
                Admit();
            }
        }
    }

    private void Leave(bool fresh)
    {
        lock (_lock)
        {
            _free++;
            _freshRunning -= fresh ? 1 : 0;
            Admit();
        }
    }

    private void Admit()
    {
        while (_free > 0 && Next() is { } next)
        {
            _free--;
            next.SetResult();
        }
    }

    private TaskCompletionSource? Next()
    {
        if (Take(_freshWaiting) is { } fresh)
        {
            _freshRunning++;
            return fresh;
        }

        return _freshRunning is 0 ? Take(_backfillWaiting) : null;
    }

    private static TaskCompletionSource? Take(LinkedList<TaskCompletionSource> waiting)
    {
        var first = waiting.First?.Value;
        if (first is not null)
        {
            waiting.RemoveFirst();
        }

        return first;
    }

    private sealed class Slot(WorkSlots slots, bool fresh) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) is 0)
            {
                slots.Leave(fresh);
            }
        }
    }
}
