using Microsoft.Extensions.Caching.Memory;

namespace BillionHearts.Notifications.Users;

/// <summary>Users known to exist. Unknown users are not remembered: they may be created a moment later.</summary>
internal sealed class UserCache : IDisposable
{
    private const int MaxUsers = 100_000;

    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);

    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = MaxUsers });

    public bool Contains(long userId) => _known.TryGetValue(userId, out _);

    public void Add(long userId) => _known.Set(userId, true, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = s_lifetime });

    public void Remove(long userId) => _known.Remove(userId);

    public void Dispose() => _known.Dispose();
}
