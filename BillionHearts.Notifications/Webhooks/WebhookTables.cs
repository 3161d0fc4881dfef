using BillionHearts.Notifications.Webhooks.Deliveries;
using BillionHearts.Notifications.Webhooks.Endpoints;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Notifications.Webhooks;

/// <summary>The tables of webhooks.</summary>
internal static class WebhookTables
{
    public static void AddWebhooks(this ModelBuilder model)
    {
        model.ApplyConfiguration(new WebhookEndpointMapping());
        model.ApplyConfiguration(new DeliveryMapping());
        model.ApplyConfiguration(new DeliveryAttemptMapping());
    }
}
