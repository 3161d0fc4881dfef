using BillionHearts.Messaging;
using RabbitMQ.Client;

namespace BillionHearts.Notifications.Events;

/// <summary>Stores an event once, then wakes what delivers it.</summary>
internal sealed partial class ImageEventHandler(
    EventStore store, EventSignals signals, NotificationsTelemetry telemetry, ILogger<ImageEventHandler> logger) : IMessageHandler
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
            signals.Set(imageEvent.UserId);
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
