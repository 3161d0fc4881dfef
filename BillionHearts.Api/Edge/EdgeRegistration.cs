using BillionHearts.Api.Http;

namespace BillionHearts.Api.Edge;

internal static class EdgeRegistration
{
    public static void AddEdge(this IServiceCollection services)
    {
        services.AddOptions<EdgeOptions>().BindConfiguration(EdgeOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        // Each job repeats what failed by itself, in its own time.
        services.AddHttpClient(EdgeClient.Name).WithoutRetries();
        services.AddSingleton<EdgeClient>();
        services.AddSingleton<EdgeSignal>();
        services.AddSingleton<EdgeWarmer>();
        services.AddHostedService(provider => provider.GetRequiredService<EdgeWarmer>());
        services.AddHostedService<EdgeSweeper>();
    }
}
