using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

/// <summary>What a person sees who started the AppHost: a line for each change, and where to go once everything runs.</summary>
internal sealed class StartReport(ResourceNotificationService notifications, ResourceLoggerService consoles, DistributedApplicationModel model)
{
    private const int LastLines = 15;
    private const string Dashboard = "aspire-dashboard";

    private readonly Dictionary<string, string> _said = [];
    private readonly Dictionary<string, ResourceEvent> _current = [];

    // Whose last words were printed: what crashes at every start says the same every time.
    private readonly HashSet<string> _quoted = [];
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private bool _isGreeted;

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
                Greet();
            }
        }
    }

    /// <summary>Early, since watching the others start is one reason to open it.</summary>
    private void ReportDashboard(ResourceEvent update)
    {
        if (update.Snapshot is { State.Text: "Running", HealthStatus: HealthStatus.Healthy } && Login(update) is { } login)
        {
            _current[Dashboard] = update;
            Say(Dashboard, "dashboard", login);
        }
    }

    private async Task ReportAsync(ResourceEvent update)
    {
        if (Describe(update) is not { } line || !Say(update.ResourceId, update.Resource.Name, line))
        {
            return;
        }

        if (update.Snapshot.HasFailed() && _quoted.Add(update.ResourceId))
        {
            await QuoteAsync(update);
        }
    }

    private bool Say(string id, string name, string line)
    {
        if (_said.TryGetValue(id, out var before) && before == line)
        {
            return false;
        }

        _said[id] = line;
        Console.WriteLine($"{TimeProvider.System.GetElapsedTime(_start).TotalSeconds,6:0.0} s  {name,-26} {line}");
        return true;
    }

    /// <summary>Null for what is not worth a line.</summary>
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
            _quoted.Remove(update.ResourceId);
            return snapshot.HealthReports.Length is 0 ? "running" : "healthy";
        }

        var problem = snapshot.HealthReports.FirstOrDefault(report => report.Status is not (null or HealthStatus.Healthy));
        return _said.TryGetValue(update.ResourceId, out var before) && before is "healthy" or ['U', 'N', ..]
            ? $"UNHEALTHY: {FirstLine(problem?.Description ?? problem?.ExceptionText)}"
            : "running";
    }

    private async Task QuoteAsync(ResourceEvent update)
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

    private void Greet()
    {
        if (_isGreeted || !_current.TryGetValue(Dashboard, out var dashboard) || !model.Resources.Where(IsReported).All(IsUp))
        {
            return;
        }

        _isGreeted = true;
        Console.WriteLine($"\nAll healthy after {TimeProvider.System.GetElapsedTime(_start).TotalSeconds:0.0} s.\n");

        foreach (var url in _current.Values.Where(update => update.Resource.Annotations.OfType<EndpointAnnotation>().Any(endpoint => endpoint.IsExternal))
            .SelectMany(update => update.Snapshot.Urls).Where(url => !url.IsInternal && url.DisplayProperties.DisplayName is { Length: > 0 }))
        {
            Console.WriteLine($"  {url.DisplayProperties.DisplayName,-18} {url.Url}");
        }

        Console.WriteLine($"  {"Dashboard",-18} {Login(dashboard)}\n\nPress Ctrl-C to stop.\n");
    }

    // Those that run: a parameter, a database without a life of its own and what the dashboard hides do not.
    private static bool IsReported(IResource resource) =>
        resource is IResourceWithWaitSupport and not ParameterResource && resource.Name is not Dashboard && !resource.Annotations.OfType<HiddenAnnotation>().Any();

    private bool IsUp(IResource resource)
    {
        var instances = _current.Values.Where(update => update.Resource.Name == resource.Name).Select(update => update.Snapshot).ToList();
        return instances.Count > 0 && instances.All(snapshot =>
            snapshot is { State.Text: "Running", HealthStatus: HealthStatus.Healthy } or { State.Text: "Finished", ExitCode: 0 });
    }

    private static string? Login(ResourceEvent dashboard) =>
        dashboard.Snapshot.Urls.FirstOrDefault(url => url.Name is "http" or "https")?.Url;

    // 2026-11-30T01:02:03.4560000Z what the resource wrote
    private static string WithoutTime(string line) =>
        line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end && DateTimeOffset.TryParse(line.AsSpan(0, end), CultureInfo.InvariantCulture, out _) ? line[(end + 1)..] : line;

    private static string FirstLine(string? text) => text?.Split('\n')[0].Trim() ?? "no reason given";
}
