using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Messaging;
using RabbitMQ.Client;

namespace BillionHearts.Api.Telemetry;

/// <summary>Asks the broker how much waits in its queues: the one figure about them that no message's sender or taker can know.</summary>
internal sealed partial class QueueWatch(IConnectionFactory factory, Backlog backlog, TimeProvider clock, ILogger<QueueWatch> logger) : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The consumer of the results, which needs the same broker, warns of its absence.
                Log.Unseen(logger, exception.GetBaseException().Message);
            }
            catch (Exception)
            {
                return;
            }

            backlog.Saw((QueueState?)null);
            await Task.Delay(s_period, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks until it cannot.</summary>
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        await using var connection = await factory.CreateConnectionAsync("watch queues", cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await ImagesTopology.DeclareAsync(channel, cancellationToken);
        using var timer = new PeriodicTimer(s_period, clock);

        do
        {
            backlog.Saw(new QueueState(
                await channel.MessageCountAsync(ImagesExchange.Queues.AnalysisFresh, cancellationToken),
                await channel.MessageCountAsync(ImagesExchange.Queues.AnalysisBackfill, cancellationToken),
                await channel.MessageCountAsync(ImagesExchange.DeadLetterQueue, cancellationToken)));
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "The queues could not be looked at: {Reason}")]
        public static partial void Unseen(ILogger logger, string reason);
    }
}
