using System.Globalization;
using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Events;
using BillionHearts.Notifications.Input;
using BillionHearts.Notifications.Reference;
using BillionHearts.Notifications.Users;
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

            // Bodies here have a few flat fields; webhooks have a limit of their own.
            kestrel.Limits.MaxRequestBodySize = JsonBody.MaxBytes;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(4));
        builder.Services.AddSingleton<OpenStreams>();
        builder.Services.AddSingleton<EventStream>();
        builder.Services.AddSingleton<StreamOpening>();
        builder.Services.AddRecurringJob<StreamGuard>(
            services => new RecurringSchedule(services.GetRequiredService<IOptions<CredentialOptions>>().Value.FreshFor));
        builder.Services.AddRecurringJob<StreamPoller>(
            services => new RecurringSchedule(services.GetRequiredService<IOptions<EventsOptions>>().Value.PollInterval));
    }

    public static void MapEventStreams(this IEndpointRouteBuilder routes) => routes
        .MapGet("/users/{id}/events", StreamEvents)
        .WithName(nameof(StreamEvents)).WithTags("Notifications").WithSummary("A user's events as they happen, as server-sent events")
        .WithDescription(
            "`Last-Event-ID`, or `last_event_id` for a first connection, replays the events after it; 0 replays all that are kept. The ids of a user are " +
            "consecutive, so a client can tell whether it missed any. Without either, the stream begins with the events of the last minute. It ends when the " +
            "credentials expire or are revoked, and when the service stops: reconnect with the last id.")
        .Produces<EventData>(contentType: "text/event-stream")
        .Refuses(401, 403, 404, 422, 429, 503);

    private static async Task<IResult> StreamEvents(
        string id, [FromQuery(Name = "last_event_id")] string? lastEventId, HttpContext context, UserCalls calls, StreamOpening opening)
    {
        // A client that reconnects repeats its first address and adds the header, so the header is the newer one.
        var given = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header ? header : lastEventId;

        return TryParseSequence(given, out var seen)
            ? await calls.RunAsync(id, context, (verdict, cancellationToken) => opening.OpenAsync(verdict, seen, cancellationToken))
            : Problems.InvalidLastEventId(given!);
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
