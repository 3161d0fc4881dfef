namespace BillionHearts.Hosting;

public sealed class DistributedApplicationOptions
{
    public string[]? Args { get; set; }

    /// <summary>No status page.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>Assembly of the AppHost, where that is not the one that was started.</summary>
    public string? AssemblyName { get; set; }
}
