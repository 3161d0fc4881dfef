using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BillionHearts.Hosting.ApplicationModel;

/// <summary>All that is known about one instance of a resource at one moment.</summary>
public sealed record CustomResourceSnapshot
{
    public required string ResourceType { get; init; }

    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }

    public ResourceStateSnapshot? State { get; init; }

    public int? ExitCode { get; init; }

    public DateTime? CreationTimeStamp { get; init; }

    public DateTime? StartTimeStamp { get; init; }

    public DateTime? StopTimeStamp { get; init; }

    public ImmutableArray<HealthReportSnapshot> HealthReports { get; init; } = [];

    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; init; } = [];

    public ImmutableArray<RelationshipSnapshot> Relationships { get; init; } = [];

    /// <summary>Null unless it runs; without checks, running is healthy.</summary>
    public HealthStatus? HealthStatus => State?.Text != KnownResourceStates.Running
        ? null
        : HealthReports.Select(report => report.Status ?? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy)
            .DefaultIfEmpty(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy)
            .Min();

    /// <summary>Why it is in this state, in words: what it waits for, why it failed, when it is tried again.</summary>
    internal string? Reason { get; init; }

    /// <summary>Times it was started again after it ended by itself.</summary>
    internal int Restarts { get; init; }

    internal bool IsReady => State?.Text == KnownResourceStates.Active || HealthStatus is Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy;

    internal int? ProcessId => Properties.FirstOrDefault(property => property.Name == KnownProperties.ProcessId)?.Value as int?;

    internal CustomResourceSnapshot WithProperty(string name, object? value) => this with
    {
        Properties = [.. Properties.Where(property => property.Name != name), .. value is null ? [] : new[] { new ResourcePropertySnapshot(name, value) }],
    };
}

/// <summary>Names that Aspire's dashboard gives to the same facts.</summary>
internal static class KnownProperties
{
    public const string ProcessId = "executable.pid";
    public const string ExecutablePath = "executable.path";
    public const string ProjectPath = "project.path";
    public const string ContainerImage = "container.image";
}

public sealed record ResourceStateSnapshot(string Text, string? Style)
{
    public static implicit operator ResourceStateSnapshot?(string? s) => s is null ? null : FromString(s);

    public static ResourceStateSnapshot FromString(string text) => new(text, Style: null);
}

public sealed record ResourcePropertySnapshot(string Name, object? Value);

public sealed record HealthReportSnapshot(string Name, HealthStatus? Status, string? Description, string? ExceptionText)
{
    public DateTime? LastRunAt { get; init; }
}

public sealed record UrlSnapshot(string? Name, string Url, bool IsInternal)
{
    public string? DisplayName { get; init; }

    /// <summary>Of an endpoint for users, not one between services.</summary>
    internal bool IsExternal { get; init; }
}

public sealed record EnvironmentVariableSnapshot(string Name, string? Value, bool IsFromSpec)
{
    /// <summary>Made from a secret: shown only to who asks for it.</summary>
    internal bool IsSecret { get; init; }
}

public sealed record RelationshipSnapshot(string ResourceName, string Type);

public sealed record ResourceCommandSnapshot(string Name, ResourceCommandState State, string DisplayName)
{
    public string? DisplayDescription { get; init; }

    public string? ConfirmationMessage { get; init; }

    public string? IconName { get; init; }

    public bool IsHighlighted { get; init; }
}

/// <summary>A new snapshot of one instance.</summary>
public sealed class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    public IResource Resource { get; } = resource;

    /// <summary>The name, with the number of the replica where there are several.</summary>
    public string ResourceId { get; } = resourceId;

    public CustomResourceSnapshot Snapshot { get; } = snapshot;
}
