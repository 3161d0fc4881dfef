using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

internal static class StartReportExtensions
{
    /// <summary>Says on the terminal what starts, what fails and where to go, in place of Aspire's log lines. Not where a test starts the AppHost.</summary>
    public static void AddStartReport(this IDistributedApplicationBuilder builder)
    {
        if (!builder.IsForAPerson())
        {
            return;
        }

        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Warning",
                // Of keys that the AppHost makes for itself and encrypts nothing with.
                ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
                // That it does not finish its start is what a stop during the start is.
                ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
            },
        });

        // Not a hosted service: it would begin when Aspire's own has started everything.
        builder.Services.AddSingleton<StartReport>();
        builder.Eventing.Subscribe<BeforeStartEvent>((@event, cancel) =>
        {
            var stopping = @event.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            _ = @event.Services.GetRequiredService<StartReport>().FollowAsync(stopping);
            return Task.CompletedTask;
        });
    }
}
