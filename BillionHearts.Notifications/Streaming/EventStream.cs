using BillionHearts.Messaging;
using BillionHearts.Notifications.Events;
using Microsoft.Extensions.Options;
using OpenTelemetry;

namespace BillionHearts.Notifications.Streaming;

/// <summary>Sends a user's events on an open stream: from a position on, in order, each once, until the client leaves, its credentials end or the service stops.</summary>
internal sealed partial class EventStream(
    IServiceScopeFactory scopes, IOptions<EventsOptions> options, NotificationsTelemetry telemetry, TimeProvider clock, ILogger<EventStream> logger)
{
    private const int BatchSize = 200;

    /// <summary>Finds where a stream begins: after the last event that its client has seen, or with the events of the last minute.</summary>
    public async Task<long> StartAsync(long userId, long? lastEventId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<EventStore>();
        var latest = await store.LatestAsync(userId, cancellationToken) ?? 0;

        // An id beyond the newest comes from a database that was replaced. Waiting until the sequence reaches it would skip every event until then.
        return lastEventId is { } seen
            ? Math.Min(seen, latest)
            : await store.SequenceBeforeAsync(userId, options.Value.CatchUp, cancellationToken) ?? latest;
    }

    public async Task RunAsync(Subscription subscription, SseWriter writer, CancellationToken cancellationToken)
    {
        // A stream is open for hours: with its queries the trace would never end.
        using var quiet = SuppressInstrumentationScope.Begin();
        await writer.BeginAsync(options.Value.Reconnect, cancellationToken);

        while (!subscription.HasEnded)
        {
            if (await SendNextAsync(subscription, writer, cancellationToken))
            {
                continue;
            }

            if (!await subscription.WaitAsync(options.Value.Heartbeat, clock, cancellationToken))
            {
                await writer.HeartbeatAsync(cancellationToken);
            }
        }
    }

    /// <returns>Whether events were sent, so that there may be more.</returns>
    private async Task<bool> SendNextAsync(Subscription subscription, SseWriter writer, CancellationToken cancellationToken)
    {
        List<Data.UserEvent> events;

        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var store = scope.ServiceProvider.GetRequiredService<EventStore>();
            events = await store.ReadAsync(subscription.UserId, subscription.Position, BatchSize, cancellationToken);
        }
        catch (Exception exception) when (Outage.IsCauseOf(exception))
        {
            // The stream stays open: once the database is back, StreamPoller signals it.
            Log.WaitingForDatabase(logger, exception.GetBaseException().Message);

            return false;
        }

        if (events.Count == 0)
        {
            return false;
        }

        await writer.EventsAsync(events, cancellationToken);
        subscription.Position = events[^1].Sequence;
        telemetry.Delivered(events.Count);

        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "An open event stream is waiting for the database: {Reason}")]
        public static partial void WaitingForDatabase(ILogger logger, string reason);
    }
}
