using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Accounts.Limits;

/// <summary>How many requests are looked at, a second unless it says otherwise, by each process. In Development only limits that are set hold. Bound from the <c>RateLimits</c> section.</summary>
internal sealed record RateLimitOptions
{
    public const string SectionName = "RateLimits";

    /// <summary>Of one user, whatever the address: 100 when not set, 0 for no limit.</summary>
    [Range(0, 1_000_000)]
    public int? PerUser { get; init; }

    /// <summary>Of one address, whoever it is: 500 when not set, as many users may share one; 0 for no limit.</summary>
    [Range(0, 1_000_000)]
    public int? PerAddress { get; init; }

    /// <summary>Users that one address may create in a minute: 20 when not set, as each costs a password's hash; 0 for no limit.</summary>
    [Range(0, 1_000_000)]
    public int? Registrations { get; init; }

    /// <summary>Seconds whose requests may come at once after a pause.</summary>
    [Range(1, 3600)]
    public int Burst { get; init; } = 10;
}
