using BillionHearts.Dashboard.Configuration;

namespace BillionHearts.Dashboard.Orchestration;

internal static class OrchestrationRegistration
{
    // The host answers nothing without it.
    private const string KeyHeader = "x-resource-service-api-key";

    public static void AddOrchestration(this IServiceCollection services, DashboardSettings settings)
    {
        if (settings.ResourceService is not { } address)
        {
            return;
        }

        services.AddSingleton<IResourceService>(_ =>
        {
            // One handler for the life of the process; logs are followed without end, so only connecting has a time limit.
            var http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(3), UseProxy = false })
            {
                BaseAddress = new(address, "/"),
                Timeout = TimeSpan.FromSeconds(60),
            };
            http.DefaultRequestHeaders.Add(KeyHeader, settings.ResourceServiceApiKey ?? string.Empty);
            return new HttpResourceService(http);
        });
        services.AddSingleton<ResourceBoard>();
        services.AddSingleton<ConsoleLogs>();
        services.AddHostedService(provider => provider.GetRequiredService<ResourceBoard>());
    }
}
