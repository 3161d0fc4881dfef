using Microsoft.Extensions.Caching.Memory;

namespace BillionHearts.Api.Accounts.Limits;

/// <summary>Counts the attempts of each key in the last minute. The number of keys is bounded, so that invented names cannot fill the memory.</summary>
internal sealed class AttemptLog(int limit, TimeProvider clock) : IDisposable
{
    private const int MaxKeys = 50_000;

    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _entries = new(new MemoryCacheOptions { SizeLimit = MaxKeys });
    private readonly Lock _lock = new();

    /// <summary>Counts one attempt, unless the limit is reached.</summary>
    /// <returns><see langword="null"/> when it was counted, otherwise the time until the next one is allowed.</returns>
    public TimeSpan? TryAdd(string key)
    {
        lock (_lock)
        {
            var times = _entries.GetOrCreate(key, entry =>
            {
                entry.Size = 1;
                entry.SlidingExpiration = s_window;
                return new Queue<long>(limit);
            })!;

            while (times.TryPeek(out var oldest) && clock.GetElapsedTime(oldest) >= s_window)
            {
                times.Dequeue();
            }

            if (times.Count >= limit)
            {
                return s_window - clock.GetElapsedTime(times.Peek());
            }

            times.Enqueue(clock.GetTimestamp());
            return null;
        }
    }

    /// <summary>Removes one counted attempt.</summary>
    public void TakeBack(string key)
    {
        lock (_lock)
        {
            // Removes the oldest instead of the newest: the count is the same, and no remaining attempt expires earlier than it would have.
            _ = _entries.TryGetValue(key, out Queue<long>? times) && times!.TryDequeue(out _);
        }
    }

    public void Forget(string key)
    {
        lock (_lock)
        {
            _entries.Remove(key);
        }
    }

    public void Dispose() => _entries.Dispose();
}
