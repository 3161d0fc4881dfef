using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Notifications.Webhooks.Sending;

/// <summary>Wakes <see cref="FanOut"/> for the users whose events were just stored, and says when all users are due.</summary>
internal sealed class FanOutSignal(TimeProvider clock) : WorkSignal
{
    /// <summary>How often all users are looked at: for events whose process was killed before it could signal.</summary>
    private static readonly TimeSpan s_sweepPeriod = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly HashSet<long> _users = [];
    private DateTimeOffset _sweepAt = DateTimeOffset.MinValue;

    /// <summary>Called after the commit of the user's event.</summary>
    public void Set(long userId)
    {
        lock (_lock)
        {
            _users.Add(userId);
        }

        Set();
    }

    /// <summary>The users since the last call; null for all.</summary>
    public long[]? Take()
    {
        lock (_lock)
        {
            long[] users = [.. _users];
            _users.Clear();
            var now = clock.GetUtcNow();

            if (now < _sweepAt)
            {
                return users;
            }

            _sweepAt = now + s_sweepPeriod;

            return null;
        }
    }
}
