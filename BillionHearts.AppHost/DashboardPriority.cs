using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

internal static class DashboardPriorityExtensions
{
    /// <summary>
    /// Lets the dashboard yield to what it looks at. Where everything shares two processors it takes a quarter of one while uploads come at 20/s, from
    /// telemetry alone (docs/performance.md); a page that is a moment later harms nobody.
    /// </summary>
    public static void LetDashboardYield(this IDistributedApplicationBuilder builder) => builder.Eventing.Subscribe<BeforeStartEvent>((@event, cancel) =>
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
                Yield(id);
            }
        }
    }

    private static void Yield(int processId)
    {
        try
        {
            // On Linux a priority is a thread's own, and new threads have that of the one that starts them.
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{processId}/task"))
            {
                using var one = Process.GetProcessById(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture));
                one.PriorityClass = ProcessPriorityClass.BelowNormal;
            }
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception or IOException)
        {
            // It has ended, or belongs to somebody else, or this is no Linux: then it stays as it is.
        }
    }
}
