using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

internal static class DashboardPriorityExtensions
{
    /// <summary>
    /// Gives the dashboard a lower priority than the services. Where everything shares two processors, telemetry alone makes it use a quarter of one at 20
    /// uploads/s (docs/performance.md); a slightly slower page is the better choice.
    /// </summary>
    public static void LowerDashboardPriority(this IDistributedApplicationBuilder builder) => builder.Eventing.Subscribe<BeforeStartEvent>((@event, cancel) =>
    {
        var stopping = @event.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        _ = FollowAsync(@event.Services.GetRequiredService<ResourceNotificationService>(), stopping);
        return Task.CompletedTask;
    });

    private static async Task FollowAsync(ResourceNotificationService notifications, CancellationToken stopping)
    {
        var last = 0;

        await foreach (var update in notifications.WatchAsync(stopping))
        {
            if (update.Resource.Name is "aspire-dashboard"
                && update.Snapshot.Properties.FirstOrDefault(property => property.Name is "executable.pid")?.Value is { } value
                && Convert.ToInt32(value, CultureInfo.InvariantCulture) is var id && id != last)
            {
                last = id;
                LowerPriority(id);
            }
        }
    }

    private static void LowerPriority(int processId)
    {
        try
        {
            // On Linux each thread has a priority of its own, and a new thread inherits that of the thread that starts it.
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{processId}/task"))
            {
                using var one = Process.GetProcessById(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture));
                one.PriorityClass = ProcessPriorityClass.BelowNormal;
            }
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception or IOException)
        {
            // The process has ended or belongs to another user, or this is not Linux: the priority stays as it is.
        }
    }
}
