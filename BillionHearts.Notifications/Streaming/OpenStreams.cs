using BillionHearts.Notifications.Users;

namespace BillionHearts.Notifications.Streaming;

/// <summary>The streams open at this replica, by user.</summary>
internal sealed class OpenStreams
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, List<Subscription>> _byUser = [];
    private int _count;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>Null when the user has <paramref name="limit"/> of them open.</summary>
    public Subscription? TryOpen(Verdict verdict, int limit)
    {
        var userId = verdict.Holder.UserId;

        lock (_lock)
        {
            var streams = _byUser.TryGetValue(userId, out var open) ? open : _byUser[userId] = [];

            if (streams.Count >= limit)
            {
                return null;
            }

            var subscription = new Subscription(this, verdict);
            streams.Add(subscription);
            _count++;

            return subscription;
        }
    }

    /// <summary>On what grounds the open streams opened.</summary>
    public IReadOnlyCollection<Verdict> Verdicts()
    {
        lock (_lock)
        {
            return [.. _byUser.Values.SelectMany(streams => streams).Select(stream => stream.Verdict).Distinct()];
        }
    }

    /// <summary>Ends the streams of credentials that are no longer valid.</summary>
    public void End(Func<Verdict, bool> isInvalid)
    {
        lock (_lock)
        {
            foreach (var subscription in _byUser.Values.SelectMany(streams => streams).Where(stream => isInvalid(stream.Verdict)))
            {
                subscription.End();
            }
        }
    }

    /// <summary>Wakes the streams of a user. Called after the commit of the events that they will read.</summary>
    public void Signal(long userId)
    {
        lock (_lock)
        {
            foreach (var subscription in _byUser.GetValueOrDefault(userId, []))
            {
                subscription.Signal();
            }
        }
    }

    /// <summary>Wakes the streams that have not sent their user's newest event yet.</summary>
    public void SignalLagging(IReadOnlyDictionary<long, long> latest)
    {
        lock (_lock)
        {
            foreach (var subscription in _byUser.Values.SelectMany(streams => streams))
            {
                if (latest.TryGetValue(subscription.UserId, out var sequence) && sequence > subscription.Position)
                {
                    subscription.Signal();
                }
            }
        }
    }

    public long[] Users()
    {
        lock (_lock)
        {
            return [.. _byUser.Keys];
        }
    }

    internal void Close(Subscription subscription)
    {
        lock (_lock)
        {
            if (_byUser.TryGetValue(subscription.UserId, out var streams) && streams.Remove(subscription))
            {
                _count--;

                if (streams.Count == 0)
                {
                    _byUser.Remove(subscription.UserId);
                }
            }
        }
    }
}
