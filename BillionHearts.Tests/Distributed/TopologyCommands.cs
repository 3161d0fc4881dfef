using System.Diagnostics;
using System.Globalization;

namespace BillionHearts.Tests.Distributed;

/// <summary>What a test does to a resource of a running topology.</summary>
internal static class TopologyCommands
{
    public static readonly string[] ApiReplicas = ["api-1", "api-2"];

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    public static Task StopAsync(this DistributedApplication app, string resource, CancellationToken cancellationToken) =>
        app.ResourceCommands.ExecuteCommandAsync(resource, KnownResourceCommands.StopCommand, cancellationToken);

    /// <summary>Starts it and waits until it is healthy.</summary>
    public static async Task StartAsync(this DistributedApplication app, string resource, CancellationToken cancellationToken)
    {
        await app.ResourceCommands.ExecuteCommandAsync(resource, KnownResourceCommands.StartCommand, cancellationToken);
        await app.HealthyAsync(resource, cancellationToken);
    }

    public static Task HealthyAsync(this DistributedApplication app, string resource, CancellationToken cancellationToken) =>
        app.ResourceNotifications.WaitForResourceHealthyAsync(resource, cancellationToken).WaitAsync(s_limit, cancellationToken);

    /// <summary>Kills it with SIGKILL. The AppHost restarts it by itself.</summary>
    /// <returns>The process id that it had.</returns>
    public static async Task<int> KillAsync(this DistributedApplication app, string resource, CancellationToken cancellationToken)
    {
        var running = await app.ResourceNotifications
            .WaitForResourceAsync(resource, update => update.Snapshot.State?.Text == KnownResourceStates.Running && Pid(update) is not null, cancellationToken)
            .WaitAsync(s_limit, cancellationToken);
        var pid = Pid(running)!.Value;
        using var process = Process.GetProcessById(pid);
        process.Kill();
        return pid;
    }

    /// <summary>Waits until it runs in another process and is healthy.</summary>
    public static async Task RestartedAsync(this DistributedApplication app, string resource, int killed, CancellationToken cancellationToken)
    {
        await app.ResourceNotifications
            .WaitForResourceAsync(
                resource, update => update.Snapshot.State?.Text == KnownResourceStates.Running && Pid(update) is { } pid && pid != killed, cancellationToken)
            .WaitAsync(s_limit, cancellationToken);
        await app.HealthyAsync(resource, cancellationToken);
    }

    // It stays what it was after a death, so the state has to be asked for as well.
    private static int? Pid(ResourceEvent update) =>
        update.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is { } pid
            ? Convert.ToInt32(pid, CultureInfo.InvariantCulture)
            : null;
}
