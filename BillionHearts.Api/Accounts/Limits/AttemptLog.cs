using Microsoft.Extensions.Caching.Memory;

namespace BillionHearts.Api.Accounts.Limits;

/// <summary>Counts what happened for each of many keys in the last minute. Bounded in keys, so that made-up names cannot fill the memory.</summary>
internal sealed class AttemptLog(int limit, TimeProvider clock) : IDisposable
{
    private const int MaxKeys = 50_000;

    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _entries = new(new MemoryCacheOptions { SizeLimit = MaxKeys });
    private readonly Lock _lock = new();

    /// <summary>Notes one more, unless there are as many as are allowed.</summary>
    /// <returns><see langword="null"/> when it was noted, else how long until there is room for one.</returns>
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

    /// <summary>Makes room again for one that was noted.</summary>
    public void TakeBack(string key)
    {
        lock (_lock)
        {
            // The oldest goes and the newest stays: the same number, and none of them leaves the window sooner than it would have.
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
