using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting.ResourceService;

/// <summary>An instance as the dashboard sees it. Values made from secrets are not in it.</summary>
internal sealed record ResourceView
{
    private const string Mask = "●●●●●●●●";

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    public required string? State { get; init; }

    public required string? Health { get; init; }

    public required string? Reason { get; init; }

    public required int? Pid { get; init; }

    public required int? ExitCode { get; init; }

    public required int Restarts { get; init; }

    public required DateTime? StartedAt { get; init; }

    public required DateTime? StoppedAt { get; init; }

    public required IReadOnlyList<object> Urls { get; init; }

    public required IReadOnlyList<object> HealthReports { get; init; }

    public required IReadOnlyDictionary<string, object?> Properties { get; init; }

    public required IReadOnlyDictionary<string, string?> Environment { get; init; }

    public required IReadOnlyList<object> Relationships { get; init; }

    public required IReadOnlyList<object> Commands { get; init; }

    public static ResourceView Of(ResourceEvent current, IEnumerable<ResourceCommandSnapshot> commands)
    {
        var snapshot = current.Snapshot;

        return new()
        {
            Id = current.ResourceId,
            Name = current.Resource.Name,
            Type = snapshot.ResourceType,
            State = snapshot.State?.Text,
            Health = snapshot.HealthStatus?.ToString(),
            Reason = snapshot.Reason,
            Pid = snapshot.ProcessId,
            ExitCode = snapshot.ExitCode,
            Restarts = snapshot.Restarts,
            StartedAt = snapshot.StartTimeStamp,
            StoppedAt = snapshot.StopTimeStamp,
            Urls = [.. snapshot.Urls.Select(url => new { url.Url, Text = url.DisplayName ?? url.Name, url.IsInternal })],
            HealthReports = [.. snapshot.HealthReports.Select(report => new { report.Name, Status = report.Status?.ToString(), report.Description, report.LastRunAt })],
            Properties = snapshot.Properties.ToDictionary(property => property.Name, property => property.Value),
            Environment = snapshot.EnvironmentVariables.ToDictionary(variable => variable.Name, variable => variable.IsSecret ? Mask : variable.Value),
            Relationships = [.. snapshot.Relationships.Select(other => new { other.ResourceName, other.Type })],
            Commands =
            [
                .. commands.Select(command => new
                {
                    command.Name,
                    command.DisplayName,
                    State = command.State.ToString(),
                    Description = command.DisplayDescription,
                    command.ConfirmationMessage,
                    command.IsHighlighted,
                }),
            ],
        };
    }
}
