using Microsoft.Extensions.Time.Testing;

namespace BillionHearts.TestSupport;

/// <summary>
/// A clock that begins now and stands still until a test advances it. It says which timers were started: a test waits for the timer, so
/// that the code under test is known to wait, and advances the clock then.
/// </summary>
public sealed class ManualClock() : FakeTimeProvider(System.GetUtcNow())
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _timers = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);

        lock (_lock)
        {
            _timers.Add(dueTime);
        }

        return timer;
    }

    /// <summary>Waits until so many timers of this length were started since the clock was made.</summary>
    public Task WaitForTimersAsync(TimeSpan dueTime, int count, CancellationToken cancellationToken) =>
        Eventually.ReadAsync(_ => Task.FromResult(Count(dueTime)), until: started => started >= count, s_limit, cancellationToken);

    /// <summary>Waits until a timer between the two lengths was started, and returns its length.</summary>
    public async Task<TimeSpan> WaitForTimerAsync(TimeSpan shortest, TimeSpan longest, CancellationToken cancellationToken)
    {
        var found = await Eventually.ReadAsync(
            _ => Task.FromResult(Find(shortest, longest)), until: dueTime => dueTime is not null, s_limit, cancellationToken);
        return found!.Value;
    }

    /// <summary>How many timers of this length were started so far.</summary>
    public int Count(TimeSpan dueTime)
    {
        lock (_lock)
        {
            return _timers.Count(started => started == dueTime);
        }
    }

    private TimeSpan? Find(TimeSpan shortest, TimeSpan longest)
    {
        lock (_lock)
        {
            var index = _timers.FindIndex(started => started >= shortest && started <= longest);
            return index < 0 ? null : _timers[index];
        }
    }
}
