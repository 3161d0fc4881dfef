using BillionHearts.Dashboard.Orchestration;

namespace BillionHearts.Dashboard.Pages.Resources;

/// <summary>A state in words and in one of five colours.</summary>
internal static class ResourceState
{
    public static string Tone(ResourceSnapshot resource) => resource.State switch
    {
        "Running" or "Active" => resource.Health is null or "Healthy" ? "good" : "warning",
        "Finished" or "Exited" => resource.ExitCode is null or 0 ? "quiet" : "bad",
        "FailedToStart" or "RuntimeUnhealthy" => "bad",
        "Waiting" or "Starting" or "Stopping" or "Building" => "busy",
        _ => "quiet",
    };

    public static string Text(ResourceSnapshot resource) => resource.State switch
    {
        "Running" when resource.Health is not (null or "Healthy") => $"Running · {resource.Health.ToLowerInvariant()}",
        "Exited" or "Finished" when resource.ExitCode is not (null or 0) => $"{resource.State} · code {resource.ExitCode}",
        "FailedToStart" => "Failed to start",
        "NotStarted" => "Not started",
        "RuntimeUnhealthy" => "Runtime unhealthy",
        { } state => state,
        null => "Unknown",
    };

    /// <summary>The worst of several replicas, which is what a person has to know first.</summary>
    public static ResourceSnapshot Worst(IReadOnlyList<ResourceSnapshot> replicas) =>
        replicas.MaxBy(replica => Array.IndexOf(["quiet", "good", "busy", "warning", "bad"], Tone(replica)))!;
}
