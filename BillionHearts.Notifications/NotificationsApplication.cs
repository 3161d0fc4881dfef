using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Events;
using BillionHearts.Notifications.Streaming;
using BillionHearts.Notifications.Users;
using BillionHearts.Notifications.Webhooks;
using BillionHearts.ServiceDefaults;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications;

/// <summary>The whole service, for <c>Program</c> and for tests.</summary>
internal static class NotificationsApplication
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults();
        builder.AddNotificationsDatabase();
        builder.AddRabbitMQClient("messaging");
        builder.AddEvents();
        builder.AddEventStreams();
        builder.AddUsers();
        builder.AddWebhooks();

        var app = builder.Build();

        app.UseProblemResponses();
        app.MapEventStreams();
        app.MapWebhooks();
        app.MapDefaultEndpoints();

        return app;
    }
}
