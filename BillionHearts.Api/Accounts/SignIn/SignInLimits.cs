using BillionHearts.Api.Accounts.Limits;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Caching.Memory;

namespace BillionHearts.Api.Accounts.SignIn;

/// <summary>
/// Limits sign-in attempts per account, whether it exists or not, and per address, for all accounts. An address that has signed in to an
/// account before has its own count for that account, so that others cannot lock its owner out (OWASP, device cookies).
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

    /// <summary>Counts the attempt as failed until <see cref="Succeeded"/> clears the account's count.</summary>
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

    /// <summary>The password was not checked, so this is not a failed attempt for the account. It still counts for the address.</summary>
    public void NotChecked(string username, string address) => _accounts.TakeBack(Key(username, address));

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
