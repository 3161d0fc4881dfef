using BillionHearts.Api.Accounts.Limits;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Accounts.Users;

/// <summary>Limits how many users one address may create: each costs a quarter of a second of a processor, and a permanent row.</summary>
internal sealed class RegistrationLimit : IDisposable
{
    private const int Default = 20;

    private readonly int _perMinute;
    private readonly AttemptLog? _addresses;

    public RegistrationLimit(IOptions<RateLimitOptions> limits, IHostEnvironment environment, TimeProvider clock)
    {
        _perMinute = limits.Value.Registrations ?? (environment.IsDevelopment() ? 0 : Default);
        _addresses = _perMinute is 0 ? null : new AttemptLog(_perMinute, clock);
    }

    /// <summary>Counts one registration, or refuses it at the limit.</summary>
    public Problem? Begin(string address) => _addresses?.TryAdd(address) is not { } wait ? null : new Problem(
        429, "too-many-registrations", "Too many requests",
        $"Too many registrations from this address: the limit is {_perMinute} per minute. Try again in {Math.Ceiling(wait.TotalSeconds):0} s.")
    {
        RetryAfter = TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(wait.TotalSeconds))),
    };

    public void Dispose() => _addresses?.Dispose();
}
