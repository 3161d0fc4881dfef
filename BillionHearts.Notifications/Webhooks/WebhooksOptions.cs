using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Notifications.Webhooks;

/// <summary>What webhooks may cost and where they may go. Bound from the section <c>Webhooks</c>.</summary>
internal sealed record WebhooksOptions
{
    public const string SectionName = "Webhooks";

    /// <summary>Permits http, any port and loopback addresses, for receivers on a developer's own machine. Development only.</summary>
    public bool AllowLoopback { get; init; }

    /// <summary>Encrypts the signing secrets in the database: 32 bytes in base64. Development has a published one.</summary>
    public string? SecretKey { get; init; }

    /// <summary>Earlier keys: what they encrypted stays readable.</summary>
    public IReadOnlyList<string> PreviousSecretKeys { get; init; } = [];

    /// <summary>Networks that are refused beside those that are not public, such as this system's own public addresses (<c>203.0.113.0/24</c>).</summary>
    public IReadOnlyList<string> RefusedNetworks { get; init; } = [];

    /// <summary>Webhooks of one user.</summary>
    [Range(1, 1000)]
    public int PerUser { get; init; } = 10;

    /// <summary>Requests that one process has open at the same time. Each costs a connection and some 100 KB.</summary>
    [Range(1, 4096)]
    public int MaxConcurrent { get; init; } = 256;

    /// <summary>Of these to one webhook. It gets fewer while few are free, and one while it fails.</summary>
    [Range(1, 64)]
    public int MaxConcurrentPerWebhook { get; init; } = 8;

    /// <summary>For one attempt, from the connection to the end of the answer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the old secret signs too after a rotation, unless the call says otherwise.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan SecretOverlap { get; init; } = TimeSpan.FromDays(1);

    /// <summary>A webhook that fails for this long without one success is disabled. Longer than the 24 hours of one delivery's attempts.</summary>
    [Range(typeof(TimeSpan), "1.12:00:00", "30.00:00:00")]
    public TimeSpan DisableAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary>How long a delivery that has ended stays in the log.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "90.00:00:00")]
    public TimeSpan LogRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How long a delivery belongs to the process that took it. A killed process leaves it until then; a shorter time than an attempt takes would
    /// let two processes send it.
    /// </summary>
    public TimeSpan Lease => Timeout + TimeSpan.FromSeconds(30);
}
