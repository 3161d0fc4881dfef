using BillionHearts.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace BillionHearts.Messaging;

/// <summary>
/// All exchanges and queues. Every service declares all of them when it connects. Every argument is explicit, because the
/// defaults differ between RabbitMQ 3 (no delivery limit, dead letters may be lost) and 4.
/// </summary>
/// <remarks>
/// <code>
/// images (topic) ─┬─ image.uploaded ──────────────────── analysis.fresh
///                 ├─ analysis.backfill ───────────────── analysis.backfill
///                 ├─ analysis.slow ───────────────────── analysis.slow
///                 ├─ analysis.result ─────────────────── analysis.results
///                 ├─ analysis.recognition ────────────── analysis.recognition
///                 ├─ analysis.recognized ─────────────── analysis.recognized
///                 └─ image.received, .analyzed, .failed,
///                 .deleted, .restored, .duplicates ───────────── notifications
///                                                              │ rejected, or delivered more than 20 times
/// images.dead (fanout) ────────────────────────────────── images.dead-letters
/// </code>
/// </remarks>
public static class ImagesTopology
{
    /// <summary>Above the five attempts that the api allows, so that only a message that crashes its consumer each time reaches it.</summary>
    public const int DeliveryLimit = 20;

    public const int MaxLength = 1_000_000;

    // Reading dead letters and putting them back must never reach the limit.
    private const int DeadLetterDeliveryLimit = 1_000_000;

    private const ushort PreconditionFailed = 406;

    private static readonly (string Queue, string[] Keys)[] s_queues =
    [
        (ImagesExchange.Queues.AnalysisFresh, [ImagesExchange.Keys.Uploaded]),
        (ImagesExchange.Queues.AnalysisBackfill, [ImagesExchange.Keys.Backfill]),
        (ImagesExchange.Queues.AnalysisSlow, [ImagesExchange.Keys.Slow]),
        (ImagesExchange.Queues.AnalysisResults, [ImagesExchange.Keys.Result]),
        (ImagesExchange.Queues.Recognition, [ImagesExchange.Keys.Recognition]),
        (ImagesExchange.Queues.Recognized, [ImagesExchange.Keys.Recognized]),
        (ImagesExchange.Queues.Notifications,
            [
                ImagesExchange.Keys.Received, ImagesExchange.Keys.Analyzed, ImagesExchange.Keys.Failed, ImagesExchange.Keys.Deleted,
                ImagesExchange.Keys.Restored, ImagesExchange.Keys.Duplicates,
            ]),
    ];

    /// <exception cref="TopologyConflictException">An exchange or queue of the same name has other arguments; the channel is closed.</exception>
    public static async Task DeclareAsync(IChannel channel, CancellationToken cancellationToken)
    {
        try
        {
            await DeclareDeadLettersAsync(channel, cancellationToken);
            await channel.ExchangeDeclareAsync(ImagesExchange.Name, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellationToken);

            foreach (var (queue, keys) in s_queues)
            {
                await DeclareQueueAsync(channel, queue, WorkArguments(), cancellationToken);

                foreach (var key in keys)
                {
                    await channel.QueueBindAsync(queue, ImagesExchange.Name, key, cancellationToken: cancellationToken);
                }
            }
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == PreconditionFailed)
        {
            throw new TopologyConflictException(
                $"The broker refuses the declared topology: {exception.ShutdownReason.ReplyText}. " +
                "Delete the exchange or queue that it names, or use another virtual host. The declaration is in ImagesTopology.",
                exception);
        }
    }

    private static async Task DeclareDeadLettersAsync(IChannel channel, CancellationToken cancellationToken)
    {
        // Fanout: a dead letter keeps its own routing key, which a replay needs.
        await channel.ExchangeDeclareAsync(
            ImagesExchange.DeadLetterExchange, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancellationToken);
        await DeclareQueueAsync(channel, ImagesExchange.DeadLetterQueue, QuorumArguments(DeadLetterDeliveryLimit), cancellationToken);
        await channel.QueueBindAsync(
            ImagesExchange.DeadLetterQueue, ImagesExchange.DeadLetterExchange, routingKey: "", cancellationToken: cancellationToken);
    }

    private static Task<QueueDeclareOk> DeclareQueueAsync(
        IChannel channel, string queue, Dictionary<string, object?> arguments, CancellationToken cancellationToken) =>
        channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);

    private static Dictionary<string, object?> WorkArguments() => new(QuorumArguments(DeliveryLimit))
    {
        ["x-dead-letter-exchange"] = ImagesExchange.DeadLetterExchange,
        ["x-dead-letter-strategy"] = "at-least-once",
    };

    private static Dictionary<string, object?> QuorumArguments(int deliveryLimit) => new()
    {
        ["x-queue-type"] = "quorum",
        ["x-delivery-limit"] = deliveryLimit,
        ["x-overflow"] = "reject-publish",
        ["x-max-length"] = MaxLength,
    };
}
