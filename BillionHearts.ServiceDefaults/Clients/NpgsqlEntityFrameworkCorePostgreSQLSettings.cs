namespace BillionHearts.ServiceDefaults;

/// <summary>Bound from <c>Aspire:Npgsql:EntityFrameworkCore:PostgreSQL</c>, and from the section of the context's name in it.</summary>
public sealed class NpgsqlEntityFrameworkCorePostgreSQLSettings
{
    public string? ConnectionString { get; set; }

    /// <summary>A command that failed for a passing reason is not tried again.</summary>
    public bool DisableRetry { get; set; }

    public bool DisableHealthChecks { get; set; }

    public bool DisableTracing { get; set; }

    public bool DisableMetrics { get; set; }

    /// <summary>Seconds that one command may take.</summary>
    public int? CommandTimeout { get; set; }
}
