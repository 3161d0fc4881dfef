using BillionHearts.Api.Accounts.Limits;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Caching.Memory;

namespace BillionHearts.Api.Accounts.SignIn;

/// <summary>
/// How often one may try to sign in. By the account, whether it exists or not; and by the address, whatever the account. Where somebody has
/// signed in to an account before, only what is tried there counts for it: others cannot lock its owner out (OWASP, device cookies).
/// </summary>
internal sealed class SignInLimits(TimeProvider clock) : IDisposable
{
    public const int PerAccount = 5;

    public const int PerAddress = 20;

    private const int MaxKnown = 50_000;

    private static readonly TimeSpan s_known = TimeSpan.FromDays(30);

    private readonly AttemptLog _accounts = new(PerAccount, clock);
    private readonly AttemptLog _addresses = new(PerAddress, clock);
    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = MaxKnown });

    /// <summary>Counts an attempt as one that fails; <see cref="Succeeded"/> takes it back.</summary>
    public Problem? Begin(string username, string address)
    {
        if (_addresses.TryAdd(address) is { } addressWait)
        {
            return SignInProblems.TooMany($"the limit is {PerAddress} per minute from one address", addressWait);
        }

        return _accounts.TryAdd(Key(username, address)) is { } accountWait
            ? SignInProblems.TooMany($"the limit is {PerAccount} failed attempts per minute for one account", accountWait)
            : null;
    }

    /// <summary>Nobody looked at the password: not a failure of the account. The address has asked all the same.</summary>
    public void NotTried(string username, string address) => _accounts.TakeBack(Key(username, address));

    public void Succeeded(string username, string address)
    {
        _accounts.Forget(Key(username, address));
        _known.Set((username, address), true, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = s_known });
    }

    public void Dispose()
    {
        _accounts.Dispose();
        _addresses.Dispose();
        _known.Dispose();
    }

    private string Key(string username, string address) => _known.TryGetValue((username, address), out _) ? $"{address} {username}" : username;
}
