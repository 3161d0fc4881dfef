using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Dashboard;
using BillionHearts.Hosting.Orchestration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Hosting.Terminal;

/// <summary>What a person sees who started the host: a line for each change, and where to go once everything runs.</summary>
internal sealed class TerminalReporter(
    ResourceNotificationService notifications, RunnerRegistry runners, OrchestratorScope scope, DashboardHost dashboard) : BackgroundService
{
    private const int LastLines = 20;

    private readonly Dictionary<string, string> _said = [];
    private readonly HashSet<string> _healthy = [];

    // Whose last words were printed: what crashes at every start says the same every time.
    private readonly HashSet<string> _quoted = [];
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
        var login = ReportDashboardAsync(stoppingToken);

        // Until the last event, and not until the stop is asked for: the stop is part of what is reported.
        await foreach (var update in notifications.WatchAsync(CancellationToken.None))
        {
            Report(update);
            Greet(stoppingToken);
        }

        await login;
    }

    /// <summary>Early, since watching the others start is one reason to open it.</summary>
    private async Task ReportDashboardAsync(CancellationToken stoppingToken)
    {
        if (dashboard.Connection is { } connection)
        {
            await dashboard.Up.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            if (dashboard.Up.IsCompletedSuccessfully)
            {
                Console.Out.WriteLine($"{scope.Clock.GetElapsedTime(_start).TotalSeconds,6:0.0} s  {"dashboard",-26} {connection.Login}");
            }
        }
    }

    private void Report(ResourceEvent update)
    {
        var line = Describe(update);

        if (line is null || (_said.TryGetValue(update.ResourceId, out var before) && before == line))
        {
            return;
        }

        _said[update.ResourceId] = line;

        if (!scope.Settings.IsTest)
        {
            Console.Out.WriteLine($"{scope.Clock.GetElapsedTime(_start).TotalSeconds,6:0.0} s  {update.ResourceId,-26} {line}");
        }

        if (IsFailure(update.Snapshot) && _quoted.Add(update.ResourceId))
        {
            QuoteLog(update.ResourceId, line);
        }
    }

    /// <summary>Null for what is not worth a line.</summary>
    private string? Describe(ResourceEvent update)
    {
        var snapshot = update.Snapshot;
        var state = snapshot.State?.Text;

        if (state is null or "NotStarted" or "Active")
        {
            return null;
        }

        if (state == KnownResourceStates.Running)
        {
            return DescribeHealth(update);
        }

        _healthy.Remove(update.ResourceId);
        var words = state == KnownResourceStates.FailedToStart ? "FAILED" : state.ToLowerInvariant();

        // What it waits for changes with every breath of the others, who have lines of their own.
        return snapshot.Reason is null || state == KnownResourceStates.Waiting ? words : $"{words}: {snapshot.Reason}";
    }

    private string DescribeHealth(ResourceEvent update)
    {
        if (update.Snapshot.HealthStatus is HealthStatus.Healthy)
        {
            _healthy.Add(update.ResourceId);
            _quoted.Remove(update.ResourceId);
            return "healthy";
        }

        var problem = update.Snapshot.HealthReports.FirstOrDefault(report => report.Description is not null)?.Description;
        return _healthy.Contains(update.ResourceId) ? $"UNHEALTHY: {problem}" : "running";
    }

    private static bool IsFailure(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.FailedToStart
        || (snapshot.State?.Text == KnownResourceStates.Exited && snapshot is { ExitCode: not null, Reason: not "stopped" });

    private void QuoteLog(string instanceId, string line)
    {
        var instance = runners.Find(instanceId)?.Instance;

        if (scope.Settings.IsTest)
        {
            Console.Error.WriteLine($"{instanceId} {line}");
        }

        foreach (var last in instance?.Log.Read(instance.LinesBefore).TakeLast(LastLines) ?? [])
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

        foreach (var url in notifications.All().SelectMany(current => current.Snapshot.Urls).Where(url => url is { IsExternal: true, IsInternal: false }))
        {
            Console.Out.WriteLine($"  {url.DisplayName ?? url.Name,-18} {url.Url}");
        }

        if (dashboard.Connection is { } connection)
        {
            Console.Out.WriteLine($"  {"Dashboard",-18} {connection.Login}");
        }

        Console.Out.WriteLine($"  {"Data",-18} {scope.Data.Root}\n\nPress Ctrl-C to stop.\n");
    }

    private static bool IsUp(ResourceRunner runner)
    {
        var snapshot = runner.Instance.Snapshot;
        return snapshot.IsReady || snapshot is { State.Text: "Finished", ExitCode: 0 } || runner.Resource.Has<ExplicitStartupAnnotation>();
    }
}
