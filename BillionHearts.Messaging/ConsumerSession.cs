using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace BillionHearts.Messaging;

/// <summary>
/// One connection with one channel and one consumer, until the first of them fails. A session is not repaired: the client's
/// own recovery does not reopen a channel that the broker closed, so a new session replaces all three.
/// </summary>
internal sealed class ConsumerSession : IAsyncDisposable
{
    private static readonly TimeSpan s_closeTimeout = TimeSpan.FromSeconds(2);

    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly Func<BasicDeliverEventArgs, CancellationToken, Task<Settlement?>> _process;
    private readonly RunningMessages _running = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _consumerTag = "";

    private ConsumerSession(
        IConnection connection, IChannel channel, Func<BasicDeliverEventArgs, CancellationToken, Task<Settlement?>> process)
    {
        (_connection, _channel, _process) = (connection, channel, process);
        connection.ConnectionShutdownAsync += (_, reason) => EndAsync(reason.ReplyText);
        channel.ChannelShutdownAsync += (_, reason) => EndAsync(reason.ReplyText);
    }

    /// <summary>Completes with the reason when the broker, the network or the queue's removal ends the session.</summary>
    public Task<string> Ended => _ended.Task;

    public static async Task<ConsumerSession> OpenAsync(
        IConnectionFactory factory,
        ConsumedQueue queue,
        Func<BasicDeliverEventArgs, CancellationToken, Task<Settlement?>> process,
        CancellationToken cancellationToken)
    {
        var connection = await factory.CreateConnectionAsync($"consume {queue.Name}", cancellationToken);

        try
        {
            var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(
                    publisherConfirmationsEnabled: false,
                    publisherConfirmationTrackingEnabled: false,
                    consumerDispatchConcurrency: queue.Concurrency),
                cancellationToken);
            var session = new ConsumerSession(connection, channel, process);
            await session.ConsumeAsync(queue, cancellationToken);

            return session;
        }
        catch
        {
            await CloseAsync(connection);
            throw;
        }
    }

    /// <summary>Takes no more messages and lets running handlers finish. Closing the channel returns messages that are not done in time.</summary>
    public async Task DrainAsync(TimeSpan timeout, TimeProvider clock)
    {
        _running.StopAdmitting();

        try
        {
            using var limit = new CancellationTokenSource(s_closeTimeout, clock);
            await _channel.BasicCancelAsync(_consumerTag, noWait: false, limit.Token);
        }
        catch (Exception)
        {
            // The session has already ended: there is nothing to cancel.
        }

        await Task.WhenAny(_running.Idle, Task.Delay(timeout, clock));
    }

    public async ValueTask DisposeAsync()
    {
        _running.StopAdmitting();

        // Messages still running can no longer be settled: they are delivered again, to this or another consumer.
        await _abandon.CancelAsync();
        await Task.WhenAny(_running.Idle, Task.Delay(s_closeTimeout));
        await CloseAsync(_connection);
    }

    private async Task ConsumeAsync(ConsumedQueue queue, CancellationToken cancellationToken)
    {
        await ImagesTopology.DeclareAsync(_channel, cancellationToken);
        await _channel.BasicQosAsync(prefetchSize: 0, queue.Prefetch, global: false, cancellationToken);

        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += (_, delivery) => ReceiveAsync(delivery);
        consumer.UnregisteredAsync += (_, _) => EndAsync("the broker cancelled the consumer");
        _consumerTag = await _channel.BasicConsumeAsync(queue.Name, autoAck: false, consumer, cancellationToken);
    }

    private async Task ReceiveAsync(BasicDeliverEventArgs delivery)
    {
        if (!_running.TryEnter())
        {
            return;
        }

        try
        {
            var settlement = await _process(delivery, _abandon.Token);
            await SettleAsync(delivery.DeliveryTag, settlement);
        }
        catch (Exception) when (!_channel.IsOpen)
        {
            // The channel closed before the message was settled: the broker delivers it again.
        }
        finally
        {
            _running.Exit();
        }
    }

    private ValueTask SettleAsync(ulong deliveryTag, Settlement? settlement) => settlement switch
    {
        Settlement.Ack => _channel.BasicAckAsync(deliveryTag, multiple: false),
        Settlement.DeadLetter => _channel.BasicRejectAsync(deliveryTag, requeue: false),
        Settlement.Requeue => _channel.BasicNackAsync(deliveryTag, multiple: false, requeue: true),
        _ => ValueTask.CompletedTask,
    };

    private Task EndAsync(string reason)
    {
        _ended.TrySetResult(reason);

        return Task.CompletedTask;
    }

    private static async Task CloseAsync(IConnection connection)
    {
        try
        {
            await connection.AbortAsync(s_closeTimeout);
            await connection.DisposeAsync();
        }
        catch (Exception)
        {
            // A failure to close the connection needs no action.
        }
    }
}
