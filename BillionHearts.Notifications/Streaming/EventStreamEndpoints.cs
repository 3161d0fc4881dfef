using System.Globalization;
using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Events;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Streaming;

internal static class EventStreamEndpoints
{
    public static void AddEventStreams(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Webhooks take a body, and have a limit of their own.
            kestrel.Limits.MaxRequestBodySize = 4096;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(4));
        builder.Services.AddSingleton<OpenStreams>();
        builder.Services.AddSingleton<EventStream>();
        builder.Services.AddSingleton<StreamOpening>();
        builder.Services.AddRecurringJob<StreamPoller>(
            services => new RecurringSchedule(services.GetRequiredService<IOptions<EventsOptions>>().Value.PollInterval));
    }

    public static void MapEventStreams(this WebApplication app) =>
        app.MapGet("/users/{id}/events", StreamEvents).WithName(nameof(StreamEvents));

    /// <summary>
    /// The user's events as they happen. <c>Last-Event-ID</c>, or <c>last_event_id</c> for a first connection, replays the events after it; 0 replays all
    /// that are kept. The ids of a user are consecutive, so a client can tell whether it missed any.
    /// </summary>
    private static async Task<IResult> StreamEvents(
        string id,
        [FromQuery(Name = "last_event_id")] string? lastEventId,
        HttpContext context,
        StreamOpening opening,
        CancellationToken cancellationToken)
    {
        // A client that reconnects repeats its first address and adds the header, so the header is the newer one.
        var given = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header ? header : lastEventId;

        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var userId) || userId == 0)
        {
            return Problems.UserNotFound;
        }

        if (!TryParseSequence(given, out var seen))
        {
            return Problems.InvalidLastEventId(given!);
        }

        return await opening.OpenAsync(userId, context.Request.Headers.Authorization, seen, cancellationToken);
    }

    private static bool TryParseSequence(string? text, out long? sequence)
    {
        sequence = null;

        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        sequence = value;

        return true;
    }
}
