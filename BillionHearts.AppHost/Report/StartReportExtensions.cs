using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

internal static class StartReportExtensions
{
    /// <summary>Reports on the terminal what starts and what fails, and the addresses, in place of Aspire's log lines. Not where a test starts the AppHost.</summary>
    public static void AddStartReport(this IDistributedApplicationBuilder builder)
    {
        if (!builder.IsInteractive())
        {
            return;
        }

        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Warning",
                // It warns about keys that the AppHost creates but does not use.
                ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
                // It logs a stop during the start as a failure.
                ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
            },
        });

        // Not a hosted service, which would begin only after Aspire has started everything.
        builder.Services.AddSingleton<StartReport>();
        builder.Eventing.Subscribe<BeforeStartEvent>((@event, cancel) =>
        {
            var stopping = @event.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            _ = @event.Services.GetRequiredService<StartReport>().FollowAsync(stopping);
            return Task.CompletedTask;
        });
    }
}
