using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace BillionHearts.Messaging;

/// <summary>Keeps one <see cref="ConsumerSession"/> open while the service runs.</summary>
internal sealed partial class QueueConsumer<THandler>(
    ConsumedQueue queue,
    MessageProcessor<THandler> processor,
    IConnectionFactory factory,
    TimeProvider clock,
    ILogger<QueueConsumer<THandler>> logger) : BackgroundService
    where THandler : class, IMessageHandler
{
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_conflictDelay = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;

        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan delay;

            try
            {
                await RunSessionAsync(() => failures = 0, stoppingToken);
                delay = Backoff.Delay(0, s_firstDelay, s_longestDelay);
            }
            catch (TopologyConflictException exception)
            {
                queue.Health.Misconfigured(exception.Message);
                Log.Misconfigured(logger, queue.Name, exception.Message);
                delay = s_conflictDelay;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                queue.Health.Interrupted();
                delay = Backoff.Delay(failures++, s_firstDelay, s_longestDelay);
                Log.Unreachable(logger, queue.Name, delay.TotalSeconds, exception.GetBaseException().Message);
            }
            catch (Exception)
            {
                return;
            }

            await Task.Delay(delay, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunSessionAsync(Action connected, CancellationToken stoppingToken)
    {
        await using var session = await ConsumerSession.OpenAsync(factory, queue, ProcessAsync, stoppingToken);
        connected();
        queue.Health.Consuming();
        Log.Consuming(logger, queue.Name, queue.Prefetch, queue.Concurrency);

        await ((Task)session.Ended).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        if (stoppingToken.IsCancellationRequested)
        {
            await session.DrainAsync(queue.DrainTimeout, clock);
        }
        else
        {
            queue.Health.Interrupted();
            Log.Ended(logger, queue.Name, await session.Ended);
        }
    }

    // The RabbitMQ client reuses its buffer, so the handler gets a copy.
    private Task<Settlement?> ProcessAsync(BasicDeliverEventArgs delivery, CancellationToken cancellationToken) =>
        processor.ProcessAsync(delivery.BasicProperties, delivery.Body.ToArray(), cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Consuming {Queue}: prefetch {Prefetch}, {Concurrency} at once")]
        public static partial void Consuming(ILogger logger, string queue, ushort prefetch, ushort concurrency);

        [LoggerMessage(LogLevel.Warning, "Consuming {Queue} was interrupted: {Reason}")]
        public static partial void Ended(ILogger logger, string queue, string reason);

        [LoggerMessage(LogLevel.Warning, "Cannot consume {Queue}, next attempt in {Seconds:0.0} s: {Reason}")]
        public static partial void Unreachable(ILogger logger, string queue, double seconds, string reason);

        [LoggerMessage(LogLevel.Error, "Not consuming {Queue}: {Reason}")]
        public static partial void Misconfigured(ILogger logger, string queue, string reason);
    }
}
