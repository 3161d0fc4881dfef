using System.Text.Json;

namespace BillionHearts.Dashboard.Orchestration;

/// <summary>One instance of one resource at one moment, as the host tells it. What does not apply to it is empty.</summary>
/// <remarks>Public, as everything here that a component takes as a parameter: components are public.</remarks>
public sealed record ResourceSnapshot
{
    private static readonly string[] s_sources = ["project.path", "container.image", "executable.path"];

    /// <summary>What the host writes in place of a value made from a secret.</summary>
    public const string Mask = "●●●●●●●●";

    /// <summary>The name, with the number of the replica where there are several.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string Type { get; init; } = string.Empty;

    public string? State { get; init; }

    /// <summary>Healthy, Degraded or Unhealthy while it runs.</summary>
    public string? Health { get; init; }

    /// <summary>Why it waits, failed, or is not healthy.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? StoppedAt { get; init; }

    public int? ExitCode { get; init; }

    public int? Pid { get; init; }

    public int Restarts { get; init; }

    public IReadOnlyList<ResourceUrl> Urls { get; init; } = [];

    public IReadOnlyList<ResourceCommand> Commands { get; init; } = [];

    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public IReadOnlyList<Relationship> Relationships { get; init; } = [];

    public IReadOnlyList<HealthReport> HealthReports { get; init; } = [];

    public IReadOnlyDictionary<string, JsonElement> Properties { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Project path, image or program.</summary>
    public string? Source => s_sources
        .Where(Properties.ContainsKey)
        .Select(name => Properties[name].ToString())
        .FirstOrDefault();
}

public sealed record ResourceUrl(string Url, string? Text = null, bool IsInternal = false);

public sealed record ResourceCommand(
    string Name, string DisplayName, string State = "Enabled", string? Description = null, string? ConfirmationMessage = null, bool IsHighlighted = false)
{
    public bool IsHidden => State == "Hidden";

    public bool IsEnabled => State == "Enabled";
}

public sealed record Relationship(string ResourceName, string Type);

public sealed record HealthReport(string Name, string? Status, string? Description = null, DateTimeOffset? LastRunAt = null);
