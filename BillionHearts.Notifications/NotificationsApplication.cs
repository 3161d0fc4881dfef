using System.Text.Json;
using System.Text.Json.Serialization;
using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Events;
using BillionHearts.Notifications.Inbox;
using BillionHearts.Notifications.Mail;
using BillionHearts.Notifications.Reference;
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
        builder.AddMail();
        builder.Services.AddServiceReference();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        });
        builder.AddWebhooks();

        var app = builder.Build();

        app.UseProblemResponses();
        app.MapEventStreams();
        app.MapInbox();
        app.MapMail();
        app.MapUnsubscribe();
        app.MapServiceReference();
        app.MapWebhooks();
        app.MapDefaultEndpoints();

        return app;
    }
}
