namespace BillionHearts.ServiceDefaults;

/// <summary>Bound from <c>Aspire:RabbitMQ:Client</c>, and from the section of the connection's name in it.</summary>
public sealed class RabbitMQClientSettings
{
    public string? ConnectionString { get; set; }

    /// <summary>Attempts after the first, each waiting twice as long, before resolving the connection fails; 0 fails at once.</summary>
    public int MaxConnectRetryCount { get; set; } = 5;

    public bool DisableHealthChecks { get; set; }

    public bool DisableTracing { get; set; }

    /// <summary>Connect on first use rather than at start.</summary>
    public bool DisableAutoActivation { get; set; } = true;
}
