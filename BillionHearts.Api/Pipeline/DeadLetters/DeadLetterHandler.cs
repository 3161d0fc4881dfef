using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Messaging;
using RabbitMQ.Client;

namespace BillionHearts.Api.Pipeline.DeadLetters;

/// <summary>
/// Moves dead letters from the broker's queue into the table, whatever they contain. A letter is acknowledged after the commit, and one that is delivered
/// again is stored once.
/// </summary>
internal sealed partial class DeadLetterHandler(
    DeadLetterStore letters, ResultStore results, TimeProvider clock, ILogger<DeadLetterHandler> logger) : IMessageHandler
{
    public async Task<Settlement> HandleAsync(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var death = Death.From(properties);

        if (AbandonedRequest.WhenDelivered(death, body.Span, clock.GetUtcNow()) is { } result)
        {
            await results.StoreAsync(result, cancellationToken);
            Log.Abandoned(logger, result.ImageId, result.Version);
            return Settlement.Ack;
        }

        if (await letters.StoreAsync(death, properties, body.ToArray(), cancellationToken))
        {
            Log.Stored(logger, properties.MessageId, death.Queue, death.Reason, body.Length);
        }

        return Settlement.Ack;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The analysis of image {ImageId}, version {Version}, ended its worker at each delivery: the image has failed")]
        public static partial void Abandoned(ILogger logger, long imageId, int version);

        [LoggerMessage(LogLevel.Error, "Message {MessageId} of queue {Queue} could not be handled ({Reason}, {Length} bytes): it is stored as a dead letter")]
        public static partial void Stored(ILogger logger, string? messageId, string queue, string reason, int length);
    }
}
