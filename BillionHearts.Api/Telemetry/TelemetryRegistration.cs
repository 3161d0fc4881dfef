namespace BillionHearts.Api.Telemetry;

internal static class TelemetryRegistration
{
    public static void AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<Backlog>();
        services.AddSingleton<ApiTelemetry>();
        services.AddHostedService<OutboxWatch>();
        services.AddHostedService<QueueWatch>();
    }
}
