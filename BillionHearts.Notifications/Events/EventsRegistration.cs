using BillionHearts.Contracts;
using BillionHearts.Messaging;
using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Notifications.Events;

internal static class EventsRegistration
{
    public static void AddEvents(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<EventsOptions>()
            .BindConfiguration(EventsOptions.SectionName)
            .ValidateDataAnnotations()
            .ValidateOnStart();

        builder.Services.AddScoped<EventStore>();
        builder.Services.AddSingleton<EventSignals>();
        builder.Services.AddSingleton<NotificationsTelemetry>();
        builder.Services.AddRecurringJob<EventAlarm>(_ => EventAlarm.Schedule);
        builder.Services.AddRecurringJob<EventRetention>(_ => EventRetention.Schedule);

        // One at a time, in the order of the queue: a user hears that a photo was analysed before hearing that it was deleted.
        builder.Services.AddQueueConsumer<ImageEventHandler>(ImagesExchange.Queues.Notifications, prefetch: 64, concurrency: 1, TimeSpan.FromSeconds(2));
    }
}
