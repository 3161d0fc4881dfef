using BillionHearts.Api.Telemetry;

namespace BillionHearts.Api.Removal;

internal static class RemovalRegistration
{
    public static void AddRemoval(this IServiceCollection services)
    {
        services.AddSingleton<SafekeepingTelemetry>();
        services.AddScoped<ImageDeletion>();
        services.AddHostedService<BlobRemoval>();
    }
}
