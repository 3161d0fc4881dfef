using BillionHearts.Api.Delivery.Edge;
using BillionHearts.Api.Delivery.Export;
using BillionHearts.Api.Delivery.Media;
using BillionHearts.Api.Delivery.Renditions;
using BillionHearts.Api.Delivery.Shares;
using BillionHearts.Api.Platform.Http;
using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Api.Delivery;

/// <summary>Delivery of an image's bytes: media, downloads, renditions, the gateways' caches, shares and exports.</summary>
internal static class DeliveryRoom
{
    public static void AddDelivery(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<MediaTelemetry>();
        AddRenditions(services);
        AddEdge(services);

        services.AddScoped<ShareStore>();
        services.AddScoped<SharedImages>();

        services.AddOptions<ExportOptions>().BindConfiguration(ExportOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ExportGate>();
        services.AddScoped<ImageExport>();
    }

    public static void MapDelivery(this IEndpointRouteBuilder routes)
    {
        routes.MapMedia();
        routes.MapRenditions();
        routes.MapShares();
        routes.MapExport();
    }

    private static void AddRenditions(IServiceCollection services)
    {
        services.AddOptions<RenditionOptions>().BindConfiguration(RenditionOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        // No retries: a reader waits for the answer, and repeats the request itself.
        services.AddHttpClient(RenditionOrders.ClientName, client => client.BaseAddress = new Uri("https+http://analysis")).WithoutRetries();
        services.AddScoped<RenditionStore>();
        services.AddScoped<RenditionOrders>();
        services.AddScoped<OnDemandRenditions>();
        services.AddSingleton<AvifQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<AvifQueue>());
    }

    private static void AddEdge(IServiceCollection services)
    {
        services.AddOptions<EdgeOptions>().BindConfiguration(EdgeOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        // No retries: the jobs retry on their own schedule.
        services.AddHttpClient(EdgeClient.Name).WithoutRetries();
        services.AddSingleton<EdgeClient>();
        services.AddHostedService<EdgeWarmer>();
        services.AddScoped<SweepLeases>();
        services.AddRecurringJob<EdgeSweeper>(EdgeSweeper.Schedule);
    }
}
