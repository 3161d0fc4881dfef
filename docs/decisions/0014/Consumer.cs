using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using BillionHearts.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace WolverineBench;

/// <summary>Takes the work off the queue, whoever published it.</summary>
internal sealed class Consumer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<long>> _arrivals = new();
    private IConnection _connection = null!;
    private int _count;

    public ConcurrentQueue<long> Order { get; } = new();

    public bool Seen { get; set; }

    public static async Task<Consumer> StartAsync()
    {
        var self = new Consumer { _connection = await new ConnectionFactory { Uri = Sides.Broker }.CreateConnectionAsync() };
        var channel = await self._connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, 256, false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            var id = JsonSerializer.Deserialize<AnalysisRequest>(delivery.Body.Span)!.ImageId;
            self.Order.Enqueue(id);
            self.Seen = true;
            self.Arrival(id).TrySetResult(Stopwatch.GetTimestamp());
            Interlocked.Increment(ref self._count);
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync(ImagesExchange.Queues.AnalysisFresh, autoAck: false, consumer);
        return self;
    }

    public void Reset() => _count = 0;

    public async Task UntilAsync(int count)
    {
        while (_count < count)
        {
            await Task.Delay(5);
        }
    }

    public Task<long> ArrivalAsync(long id) => Arrival(id).Task;

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();

    private TaskCompletionSource<long> Arrival(long id) =>
        _arrivals.GetOrAdd(id, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
}
