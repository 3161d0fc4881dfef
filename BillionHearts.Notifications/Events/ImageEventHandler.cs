using BillionHearts.Messaging;
using BillionHearts.Notifications.Streaming;
using BillionHearts.Notifications.Webhooks.Sending;
using RabbitMQ.Client;

namespace BillionHearts.Notifications.Events;

/// <summary>Stores an event once, then signals the user's open streams.</summary>
internal sealed partial class ImageEventHandler(
    EventStore store, OpenStreams streams, FanOutSignal webhooks, NotificationsTelemetry telemetry, ILogger<ImageEventHandler> logger) : IMessageHandler
{
    public async Task<Settlement> HandleAsync(
        IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (EventMessage.TryRead(body, out var fault) is not { } imageEvent)
        {
            Log.Invalid(logger, properties.MessageId, fault);

            return Settlement.DeadLetter;
        }

        if (await store.AppendAsync(imageEvent, cancellationToken))
        {
            telemetry.Stored(imageEvent.Type, imageEvent.OccurredAt);
            streams.Signal(imageEvent.UserId);
            webhooks.Set(imageEvent.UserId);
        }
        else
        {
            telemetry.Duplicate();
        }

        return Settlement.Ack;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Message {MessageId} is not a valid image event and was dead-lettered: {Fault}")]
        public static partial void Invalid(ILogger logger, string? messageId, string fault);
    }
}
