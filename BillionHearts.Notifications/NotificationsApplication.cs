using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Events;
using BillionHearts.Notifications.Streaming;
using BillionHearts.Notifications.Users;
using BillionHearts.ServiceDefaults;

namespace BillionHearts.Notifications;

/// <summary>The whole service, so that a test runs the same as <c>Program</c> does.</summary>
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

        var app = builder.Build();

        app.UseProblems();
        app.MapEventStreams();
        app.MapDefaultEndpoints();

        return app;
    }
}
