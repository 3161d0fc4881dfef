using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Orchestration;
using BillionHearts.Hosting.Status;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Hosting.Terminal;

/// <summary>What a person sees who started the host: a line for each change, and where to go once everything runs.</summary>
internal sealed class TerminalReporter(
    ResourceNotificationService notifications, RunnerRegistry runners, OrchestratorScope scope, StatusPage status) : BackgroundService
{
    private const int LastLines = 20;

    private readonly Dictionary<string, string> _said = [];
    private readonly long _start = scope.Clock.GetTimestamp();
    private bool _greeted;

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        // Everything else has stopped by now; this ends the events, and with them the reporting.
        notifications.Dispose();
        return base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Until the last event, and not until the stop is asked for: the stop is part of what is reported.
        await foreach (var update in notifications.WatchAsync(CancellationToken.None))
        {
            Report(update);
            Greet(stoppingToken);
        }
    }

    private void Report(ResourceEvent update)
    {
        var line = Describe(update.Snapshot);

        if (line is null || (_said.TryGetValue(update.ResourceId, out var before) && before == line))
        {
            return;
        }

        _said[update.ResourceId] = line;

        if (!scope.Settings.IsTest)
        {
            Console.Out.WriteLine($"{scope.Clock.GetElapsedTime(_start).TotalSeconds,6:0.0} s  {update.ResourceId,-26} {line}");
        }

        if (IsFailure(update.Snapshot))
        {
            QuoteLog(update.ResourceId, line);
        }
    }

    /// <summary>Null for what is not worth a line.</summary>
    private static string? Describe(CustomResourceSnapshot snapshot)
    {
        var state = snapshot.State?.Text;

        if (state is null or "NotStarted" or "Active")
        {
            return null;
        }

        var words = state == KnownResourceStates.Running
            ? snapshot.HealthStatus is HealthStatus.Healthy ? "healthy" : WasHealthy(snapshot) ? "unhealthy" : "running"
            : state == KnownResourceStates.Waiting ? "waiting"
            : state == KnownResourceStates.FailedToStart ? "FAILED"
            : state.ToLowerInvariant();

        var reason = state == KnownResourceStates.Waiting ? null : snapshot.Reason;
        return reason is null ? words : $"{words}: {reason}";
    }

    private static bool WasHealthy(CustomResourceSnapshot snapshot) =>
        snapshot.HealthReports.Any(report => report.Status is HealthStatus.Unhealthy) && snapshot.Restarts is 0 && snapshot.HealthReports.All(report => report.LastRunAt is not null)
        && snapshot.StartTimeStamp is { } started && snapshot.HealthReports.Max(report => report.LastRunAt) - started > TimeSpan.FromMinutes(1);

    private static bool IsFailure(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.FailedToStart
        || (snapshot.State?.Text == KnownResourceStates.Exited && snapshot.Reason is not "stopped");

    private void QuoteLog(string instanceId, string line)
    {
        var lines = runners.Find(instanceId)?.Instance.Log.Read() ?? [];

        if (scope.Settings.IsTest)
        {
            Console.Error.WriteLine($"{instanceId} {line}");
        }

        foreach (var last in lines.TakeLast(LastLines))
        {
            Console.Error.WriteLine($"         {instanceId} | {last.Text}");
        }
    }

    private void Greet(CancellationToken stoppingToken)
    {
        if (_greeted || scope.Settings.IsTest || stoppingToken.IsCancellationRequested || !runners.All.All(IsUp) || runners.All.Count is 0)
        {
            return;
        }

        _greeted = true;
        var seconds = scope.Clock.GetElapsedTime(_start).TotalSeconds;
        Console.Out.WriteLine($"\nAll healthy after {seconds:0.0} s.\n");

        foreach (var url in notifications.All().SelectMany(current => current.Snapshot.Urls).Where(url => !url.IsInternal))
        {
            Console.Out.WriteLine($"  {url.DisplayName ?? url.Name,-18} {url.Url}");
        }

        if (status.Address is { } address)
        {
            Console.Out.WriteLine($"  {"Status and logs",-18} {address}");
        }

        Console.Out.WriteLine($"  {"Data",-18} {scope.Data.Root}\n\nPress Ctrl-C to stop.\n");
    }

    private static bool IsUp(ResourceRunner runner)
    {
        var snapshot = runner.Instance.Snapshot;
        return snapshot.IsReady || snapshot is { State.Text: "Finished", ExitCode: 0 } || runner.Resource.Has<ExplicitStartupAnnotation>();
    }
}
