using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

/// <summary>The report on the terminal: a line for each change of a resource, and the addresses once everything is healthy.</summary>
internal sealed class StartReport(ResourceNotificationService notifications, ResourceLoggerService consoles, DistributedApplicationModel model)
{
    private const int LastLines = 15;
    private const string Dashboard = "aspire-dashboard";

    private readonly Dictionary<string, string> _lastReported = [];
    private readonly Dictionary<string, ResourceEvent> _current = [];

    // Resources whose last lines were printed. One that fails at every start writes the same lines each time.
    private readonly HashSet<string> _printedLines = [];
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private bool _areAddressesPrinted;

    /// <summary>Until the AppHost stops.</summary>
    public async Task FollowAsync(CancellationToken stopping)
    {
        await using var goodbye = stopping.Register(() => Console.WriteLine("\nStopping."));

        await foreach (var update in notifications.WatchAsync(stopping))
        {
            if (update.Resource.Name is Dashboard)
            {
                ReportDashboard(update);
            }
            else if (!update.Snapshot.IsHidden && update.Resource is not ParameterResource)
            {
                _current[update.ResourceId] = update;
                await ReportAsync(update);
                PrintAddressesOnceHealthy();
            }
        }
    }

    /// <summary>As soon as it runs, since it shows how the others start.</summary>
    private void ReportDashboard(ResourceEvent update)
    {
        if (update.Snapshot is { State.Text: "Running", HealthStatus: HealthStatus.Healthy } && LoginUrl(update) is { } login)
        {
            _current[Dashboard] = update;
            WriteIfNew(Dashboard, "dashboard", login);
        }
    }

    private async Task ReportAsync(ResourceEvent update)
    {
        if (Describe(update) is not { } line || !WriteIfNew(update.ResourceId, update.Resource.Name, line))
        {
            return;
        }

        if (update.Snapshot.HasFailed() && _printedLines.Add(update.ResourceId))
        {
            await PrintLastLinesAsync(update);
        }
    }

    private bool WriteIfNew(string id, string name, string line)
    {
        if (_lastReported.TryGetValue(id, out var last) && last == line)
        {
            return false;
        }

        _lastReported[id] = line;
        Console.WriteLine($"{TimeProvider.System.GetElapsedTime(_start).TotalSeconds,6:0.0} s  {name,-26} {line}");
        return true;
    }

    /// <summary>Null for a state that is not reported.</summary>
    private string? Describe(ResourceEvent update)
    {
        var snapshot = update.Snapshot;
        var state = snapshot.State?.Text;

        if (state is null or "" || state == KnownResourceStates.NotStarted)
        {
            return null;
        }

        if (state != KnownResourceStates.Running)
        {
            return snapshot.HasFailed() ? $"FAILED{(snapshot.ExitCode is { } code ? $" with exit code {code}" : "")}" : state.ToLowerInvariant();
        }

        if (snapshot.HealthStatus is null or HealthStatus.Healthy)
        {
            _printedLines.Remove(update.ResourceId);
            return snapshot.HealthReports.Length is 0 ? "running" : "healthy";
        }

        var problem = snapshot.HealthReports.FirstOrDefault(report => report.Status is not (null or HealthStatus.Healthy));
        return _lastReported.TryGetValue(update.ResourceId, out var last) && last is "healthy" or ['U', 'N', ..]
            ? $"UNHEALTHY: {FirstLine(problem?.Description ?? problem?.ExceptionText)}"
            : "running";
    }

    private async Task PrintLastLinesAsync(ResourceEvent update)
    {
        List<string> lines = [];
        await foreach (var some in consoles.GetAllAsync(update.Resource))
        {
            lines.AddRange(some.Select(line => line.Content));
        }

        foreach (var line in lines.TakeLast(LastLines))
        {
            Console.Error.WriteLine($"          {update.Resource.Name} | {WithoutTime(line)}");
        }
    }

    private void PrintAddressesOnceHealthy()
    {
        if (_areAddressesPrinted || !_current.TryGetValue(Dashboard, out var dashboard) || !model.Resources.Where(IsReported).All(IsUp))
        {
            return;
        }

        _areAddressesPrinted = true;
        Console.WriteLine($"\nAll healthy after {TimeProvider.System.GetElapsedTime(_start).TotalSeconds:0.0} s.\n");

        foreach (var url in _current.Values.Where(update => update.Resource.Annotations.OfType<EndpointAnnotation>().Any(endpoint => endpoint.IsExternal))
            .SelectMany(update => update.Snapshot.Urls).Where(url => !url.IsInternal && url.DisplayProperties.DisplayName is { Length: > 0 }))
        {
            Console.WriteLine($"  {url.DisplayProperties.DisplayName,-18} {url.Url}");
        }

        Console.WriteLine($"  {"Dashboard",-18} {LoginUrl(dashboard)}\n\nPress Ctrl-C to stop.\n");
    }

    // Resources that run, unlike a parameter or a database, and that the dashboard does not hide.
    private static bool IsReported(IResource resource) =>
        resource is IResourceWithWaitSupport and not ParameterResource && resource.Name is not Dashboard && !resource.Annotations.OfType<HiddenAnnotation>().Any();

    private bool IsUp(IResource resource)
    {
        var instances = _current.Values.Where(update => update.Resource.Name == resource.Name).Select(update => update.Snapshot).ToList();
        return instances.Count > 0 && instances.All(snapshot =>
            snapshot is { State.Text: "Running", HealthStatus: HealthStatus.Healthy } or { State.Text: "Finished", ExitCode: 0 });
    }

    private static string? LoginUrl(ResourceEvent dashboard) =>
        dashboard.Snapshot.Urls.FirstOrDefault(url => url.Name is "http" or "https")?.Url;

    // 2026-11-30T01:02:03.4560000Z what the resource wrote
    private static string WithoutTime(string line) =>
        line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end && DateTimeOffset.TryParse(line.AsSpan(0, end), CultureInfo.InvariantCulture, out _) ? line[(end + 1)..] : line;

    private static string FirstLine(string? text) => text?.Split('\n')[0].Trim() ?? "no description";
}
