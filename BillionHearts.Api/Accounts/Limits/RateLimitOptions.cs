using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Accounts.Limits;

/// <summary>Requests that each process accepts, per second unless stated otherwise. In Development only limits that are set apply. Bound from the <c>RateLimits</c> section.</summary>
internal sealed record RateLimitOptions
{
    public const string SectionName = "RateLimits";

    /// <summary>From one user, at any address: 100 when not set, 0 for no limit.</summary>
    [Range(0, 1_000_000)]
    public int? PerUser { get; init; }

    /// <summary>From one address, for all users: 500 when not set, because many users may share an address; 0 for no limit.</summary>
    [Range(0, 1_000_000)]
    public int? PerAddress { get; init; }

    /// <summary>Users that one address may create in a minute: 20 when not set, because each costs a password hash; 0 for no limit.</summary>
    [Range(0, 1_000_000)]
    public int? Registrations { get; init; }

    /// <summary>The seconds' worth of requests that may arrive at once after a pause.</summary>
    [Range(1, 3600)]
    public int Burst { get; init; } = 10;
}
