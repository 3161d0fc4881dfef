using System.Net;
using BillionHearts.Notifications.Webhooks.Addresses;
using BillionHearts.Notifications.Webhooks.Deliveries;
using BillionHearts.Notifications.Webhooks.Endpoints;
using BillionHearts.Notifications.Webhooks.Secrets;
using BillionHearts.Notifications.Webhooks.Sending;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Webhooks;

internal static class WebhooksRegistration
{
    public static void AddWebhooks(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<WebhooksOptions>().BindConfiguration(WebhooksOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhooksOptions>, WebhooksOptionsValidation>();

        services.TryAddSingleton<ResolveNames>((host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken));
        services.AddSingleton<AddressPolicy>();
        services.AddSingleton<GuardedDialer>();
        services.AddSingleton<SecretVault>();
        services.AddSingleton<WebhookTelemetry>();

        services.AddScoped<WebhookStore>();
        services.AddScoped<DeliveryStore>();
        services.AddScoped<DueDeliveries>();
        services.AddScoped<DeliveryOutcomes>();
        services.AddScoped<WebhookDisabling>();
        services.AddScoped<DisabledNotice>();

        services.AddSingleton<FanOutSignal>();
        services.AddSingleton<DispatchSignal>();
        services.AddSingleton<DispatchTurn>();
        services.AddSingleton<DeliverySender>();
        services.AddSingleton<DeliveryRun>();

        // Before the job that fills them, so that they stop after it.
        services.AddSingleton<DeliverySlots>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliverySlots>());
        services.AddRecurringJob<FanOut>(FanOut.Schedule);
        services.AddRecurringJob<Dispatch>(Dispatch.Schedule);
        services.AddRecurringJob<DeliveryRetention>(_ => DeliveryRetention.Schedule);
    }

    public static void MapWebhooks(this WebApplication app)
    {
        var webhooks = app.MapGroup("/users/{id:long:min(1)}/webhooks")
            .WithTags("Webhooks")
            .WithMetadata(new RequestSizeLimitAttribute(WebhookFields.MaxBodyBytes))
            .AddEndpointFilter<RouteGroupBuilder, WebhookOwner>();
        webhooks.MapWebhookEndpoints();
        webhooks.MapDeliveries();
    }
}
