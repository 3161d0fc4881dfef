using BillionHearts.Contracts;
using BillionHearts.Messaging;
using BillionHearts.ServiceDefaults.Work;
using RabbitMQ.Client;

namespace BillionHearts.Api.Pipeline.Watch;

/// <summary>Counts the messages in the broker's queues. Keeps its connection open between runs.</summary>
internal sealed partial class QueueWatch(IConnectionFactory factory, Backlog backlog, ILogger<QueueWatch> logger) : IRecurringJob, IAsyncDisposable
{
    public static readonly RecurringSchedule Schedule = new(TimeSpan.FromSeconds(5)) { FirstDelay = TimeSpan.Zero };

    private IConnection? _connection;
    private IChannel? _channel;

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var channel = _channel ??= await OpenAsync(cancellationToken);
            backlog.Queues = new QueueState(
                await channel.MessageCountAsync(ImagesExchange.Queues.AnalysisFresh, cancellationToken),
                await channel.MessageCountAsync(ImagesExchange.Queues.AnalysisBackfill, cancellationToken),
                await channel.MessageCountAsync(ImagesExchange.Queues.AnalysisSlow, cancellationToken),
                await channel.MessageCountAsync(ImagesExchange.Queues.Recognition, cancellationToken),
                await channel.MessageCountAsync(ImagesExchange.DeadLetterQueue, cancellationToken));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Debug is enough: the consumer of the results, which needs the same broker, logs the warning.
            backlog.Queues = null;
            Log.NotCounted(logger, exception.GetBaseException().Message);
            await DisposeAsync();
        }

        return NextRun.WhenDue;
    }

    public async ValueTask DisposeAsync()
    {
        var (channel, connection) = (_channel, _connection);
        (_channel, _connection) = (null, null);

        await using (connection)
        await using (channel)
        {
        }
    }

    private async Task<IChannel> OpenAsync(CancellationToken cancellationToken)
    {
        _connection = await factory.CreateConnectionAsync("watch queues", cancellationToken);
        var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await ImagesTopology.DeclareAsync(channel, cancellationToken);

        return channel;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "The messages in the queues could not be counted: {Reason}")]
        public static partial void NotCounted(ILogger logger, string reason);
    }
}
