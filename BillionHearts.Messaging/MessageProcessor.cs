using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace BillionHearts.Messaging;

/// <summary>Runs the handler of one message until it can be settled, and retries during an outage of the handler's dependencies.</summary>
internal sealed partial class MessageProcessor<THandler>(
    string queue,
    IServiceScopeFactory scopes,
    MessagingTelemetry telemetry,
    TimeProvider clock,
    ILogger<MessageProcessor<THandler>> logger)
    where THandler : class, IMessageHandler
{
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestHold = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_longestRequeue = TimeSpan.FromSeconds(60);

    // The broker closes the channel of a consumer that keeps a message for more than 30 minutes.
    private static readonly TimeSpan s_holdLimit = TimeSpan.FromMinutes(20);

    /// <returns><see langword="null"/> to leave the message unsettled: closing the channel returns it to the queue.</returns>
    public async Task<Settlement?> ProcessAsync(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();

        try
        {
            var settlement = await AttemptAsync(properties, body, startedAt, cancellationToken);
            telemetry.Handled(queue, Name(settlement), clock.GetElapsedTime(startedAt));

            return settlement;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            telemetry.Handled(queue, "abandoned", clock.GetElapsedTime(startedAt));

            return null;
        }
    }

    private async Task<Settlement> AttemptAsync(
        IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, long startedAt, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            TimeSpan delay;

            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var settlement = await scope.ServiceProvider.GetRequiredService<THandler>().HandleAsync(properties, body, cancellationToken);

                if (settlement is not Settlement.Requeue)
                {
                    return settlement;
                }

                delay = RequeueDelay(properties);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Activity.Current?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);

                // Each requeue counts towards the delivery limit, so an outage must not cause one.
                if (Outage.IsCauseOf(exception) && clock.GetElapsedTime(startedAt) < s_holdLimit)
                {
                    delay = Backoff.Delay(attempt, s_firstDelay, s_longestHold);
                    Log.Held(logger, properties.MessageId, queue, delay.TotalSeconds, exception.GetBaseException().Message);
                    await Task.Delay(delay, clock, cancellationToken);
                    continue;
                }

                delay = RequeueDelay(properties);
                Log.Failed(logger, exception, properties.MessageId, queue, delay.TotalSeconds);
            }

            // The broker redelivers a requeued message at once: without the delay, a message that always fails would loop.
            await Task.Delay(delay, clock, cancellationToken);

            return Settlement.Requeue;
        }
    }

    private static TimeSpan RequeueDelay(IReadOnlyBasicProperties properties) =>
        Backoff.Delay(DeliveryCount(properties), s_firstDelay, s_longestRequeue);

    /// <summary>Earlier deliveries of the message by a quorum queue: header <c>x-delivery-count</c>, absent on the first delivery.</summary>
    private static long DeliveryCount(IReadOnlyBasicProperties properties) =>
        properties.Headers?.TryGetValue("x-delivery-count", out var count) is true && count is long or int
            ? Math.Max(0, Convert.ToInt64(count, CultureInfo.InvariantCulture))
            : 0;

    private static string Name(Settlement settlement) => settlement switch
    {
        Settlement.Ack => "ack",
        Settlement.DeadLetter => "dead_letter",
        _ => "requeue",
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Message {MessageId} of {Queue} waits for an unavailable dependency, next attempt in {Seconds:0.0} s: {Reason}")]
        public static partial void Held(ILogger logger, string? messageId, string queue, double seconds, string reason);

        [LoggerMessage(LogLevel.Error, "Message {MessageId} of {Queue} could not be handled; it returns to the queue in {Seconds:0.0} s")]
        public static partial void Failed(ILogger logger, Exception exception, string? messageId, string queue, double seconds);
    }
}
