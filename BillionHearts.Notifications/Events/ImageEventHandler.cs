using BillionHearts.Notifications.Streaming;
using BillionHearts.Messaging;
using RabbitMQ.Client;

namespace BillionHearts.Notifications.Events;

/// <summary>Stores an event once, then wakes the streams of its user.</summary>
internal sealed partial class ImageEventHandler(
    EventStore store, OpenStreams streams, NotificationsTelemetry telemetry, ILogger<ImageEventHandler> logger) : IMessageHandler
{
    public async Task<Settlement> HandleAsync(
        IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (EventMessage.TryRead(body, out var fault) is not { } imageEvent)
        {
            Log.Unreadable(logger, properties.MessageId, fault);

            return Settlement.DeadLetter;
        }

        if (await store.AppendAsync(imageEvent, cancellationToken))
        {
            telemetry.Stored(imageEvent.Type, imageEvent.OccurredAt);
            streams.Signal(imageEvent.UserId);
        }
        else
        {
            telemetry.Duplicate();
        }

        return Settlement.Ack;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Message {MessageId} cannot be told to anyone, {Fault}; dead-lettered")]
        public static partial void Unreadable(ILogger logger, string? messageId, string fault);
    }
}
