using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Users;

/// <summary>
/// Verdicts of the api, by user and the hash of the credentials: the credentials themselves are kept nowhere. A verdict is used without asking for
/// <see cref="CredentialOptions.FreshFor"/>, and for <see cref="CredentialOptions.UsableFor"/> while the api is away; never after the credentials' expiry.
/// </summary>
internal sealed class VerdictCache(IOptions<CredentialOptions> options, TimeProvider clock) : IDisposable
{
    private const int MaxVerdicts = 100_000;

    private readonly MemoryCache _verdicts = new(new MemoryCacheOptions { SizeLimit = MaxVerdicts });

    /// <returns>The verdict, and whether the api need not be asked again.</returns>
    public (Verdict Verdict, bool IsFresh)? Find(long userId, string authorization)
    {
        var now = clock.GetUtcNow();

        return _verdicts.TryGetValue<Entry>(Key(userId, authorization), out var entry) && !(entry!.Verdict.ExpiresAt <= now) && now - entry.JudgedAt <= options.Value.UsableFor
            ? (entry.Verdict, now - entry.JudgedAt <= options.Value.FreshFor)
            : null;
    }

    public void Add(string authorization, Verdict verdict) => _verdicts.Set(
        Key(verdict.Holder.UserId, authorization),
        new Entry(verdict, clock.GetUtcNow()),
        new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = options.Value.UsableFor });

    public void Remove(long userId, string authorization) => _verdicts.Remove(Key(userId, authorization));

    public void Dispose() => _verdicts.Dispose();

    private static (long, string) Key(long userId, string authorization) =>
        (userId, Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(authorization))));

    private sealed record Entry(Verdict Verdict, DateTimeOffset JudgedAt);
}
