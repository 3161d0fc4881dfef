using BillionHearts.ServiceDefaults;
using BillionHearts.ServiceDefaults.Messaging;

namespace BillionHearts.Api.Outbox;

internal static class OutboxRegistration
{
    public static void AddOutbox(this IHostApplicationBuilder builder)
    {
        // Not part of readiness: without a broker uploads are taken all the same, and wait in the outbox.
        builder.AddRabbitMQClient("messaging", settings => settings.DisableHealthChecks = true);
        builder.Services.AddMessagePublisher();
        builder.Services.AddSingleton<OutboxSignal>();
        builder.Services.AddScoped<OutboxStore>();
        builder.Services.AddHostedService<OutboxRelay>();
    }
}
