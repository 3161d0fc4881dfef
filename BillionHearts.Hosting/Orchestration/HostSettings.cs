namespace BillionHearts.Hosting.Orchestration;

/// <summary>What the builder knows about this run.</summary>
internal sealed record HostSettings
{
    public required string AppHostName { get; init; }

    /// <summary>Where the servers that Debian does not package are installed.</summary>
    public required string NativeToolsPath { get; init; }

    public required bool IsTest { get; init; }

    /// <summary>The dashboard's assembly; null where none is to be started.</summary>
    public string? DashboardPath { get; init; }
}
