namespace BillionHearts.Notifications.Streaming;

/// <summary>The streams open at this replica, by user.</summary>
internal sealed class OpenStreams
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, List<Subscription>> _byUser = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byUser.Values.Sum(streams => streams.Count);
            }
        }
    }

    /// <summary>Null when the user has <paramref name="limit"/> of them open.</summary>
    public Subscription? TryOpen(long userId, int limit)
    {
        lock (_lock)
        {
            var streams = _byUser.TryGetValue(userId, out var open) ? open : _byUser[userId] = [];

            if (streams.Count >= limit)
            {
                return null;
            }

            var subscription = new Subscription(this, userId);
            streams.Add(subscription);

            return subscription;
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
            if (_byUser.TryGetValue(subscription.UserId, out var streams) && streams.Remove(subscription) && streams.Count == 0)
            {
                _byUser.Remove(subscription.UserId);
            }
        }
    }
}
