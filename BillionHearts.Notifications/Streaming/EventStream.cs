using BillionHearts.Notifications.Events;
using BillionHearts.Messaging;
using Microsoft.Extensions.Options;
using OpenTelemetry;

namespace BillionHearts.Notifications.Streaming;

/// <summary>Tells one open stream its user's events, from a position on, in order, each once, until either side leaves.</summary>
internal sealed partial class EventStream(
    IServiceScopeFactory scopes, IOptions<EventsOptions> options, NotificationsTelemetry telemetry, TimeProvider clock, ILogger<EventStream> logger)
{
    private const int BatchSize = 200;

    /// <summary>Where a stream begins: after the event its client has seen last, or with those of the last minute.</summary>
    public async Task<long> StartAsync(long userId, long? lastEventId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<EventStore>();
        var latest = await store.LatestAsync(userId, cancellationToken) ?? 0;

        // An id beyond the newest is one of a database that is no more; waiting for the count to reach it would hide every event.
        return lastEventId is { } seen
            ? Math.Min(seen, latest)
            : await store.BeforeAsync(userId, options.Value.CatchUp, cancellationToken) ?? latest;
    }

    public async Task RunAsync(Subscription subscription, SseWriter writer, CancellationToken cancellationToken)
    {
        // A stream is open for hours: its queries would make one trace that never ends.
        using var quiet = SuppressInstrumentationScope.Begin();
        await writer.BeginAsync(options.Value.Reconnect, cancellationToken);

        while (true)
        {
            if (await TellAsync(subscription, writer, cancellationToken))
            {
                continue;
            }

            if (!await subscription.WaitAsync(options.Value.Heartbeat, clock, cancellationToken))
            {
                await writer.HeartbeatAsync(cancellationToken);
            }
        }
    }

    /// <returns>Whether there was something to tell, so that there may be more.</returns>
    private async Task<bool> TellAsync(Subscription subscription, SseWriter writer, CancellationToken cancellationToken)
    {
        List<Data.UserEvent> events;

        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var store = scope.ServiceProvider.GetRequiredService<EventStore>();
            events = await store.ReadAsync(subscription.UserId, subscription.Position, BatchSize, cancellationToken);
        }
        catch (Exception exception) when (Outage.IsBehind(exception))
        {
            // The stream stays: once the database is back, the poll finds it behind and rings.
            Log.Waiting(logger, exception.GetBaseException().Message);

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
        [LoggerMessage(LogLevel.Warning, "An open stream waits for the database: {Reason}")]
        public static partial void Waiting(ILogger logger, string reason);
    }
}
