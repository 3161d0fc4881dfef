using System.Diagnostics;
using System.Net.Sockets;
using BillionHearts.Contracts;
using BillionHearts.Messaging;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BillionHearts.Tests.ServiceDefaults;

public sealed class QueueConsumerTests(AppHostFixture app) : IAsyncLifetime
{
    private const string Queue = ImagesExchange.Queues.Notifications;
    private const string Key = ImagesExchange.Keys.Analyzed;

    private static readonly byte[] s_body = "{\"a\":1}"u8.ToArray();

    private TestBroker _broker = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _broker = await TestBroker.CreateAsync(app, Cancel);

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task A_message_is_handled_with_its_body_and_leaves_the_queue()
    {
        await using var consumer = await StartAsync((_, _) => Task.FromResult(Settlement.Ack));
        var id = Guid.NewGuid();

        await _broker.PublishAsync(Key, id, s_body, Cancel);
        var delivery = await consumer.ReceivedAsync(1, Cancel);
        await consumer.StopAsync(Cancel);

        Assert.Equal(id.ToString("D"), delivery.MessageId);
        Assert.Equal(s_body, delivery.Body);
        Assert.Equal(0u, await _broker.ReadyAsync(Queue, Cancel));
        Assert.Single(consumer.DeliveryRecorder.Deliveries);
    }

    [Fact]
    public async Task A_dead_letter_keeps_its_body_and_its_routing_key()
    {
        await using var consumer = await StartAsync((_, _) => Task.FromResult(Settlement.DeadLetter));

        await _broker.PublishAsync(Key, Guid.NewGuid(), s_body, Cancel);
        var dead = await Eventually.ReadAsync(
            cancel => _broker.TakeAsync(ImagesExchange.DeadLetterQueue, cancel), until: taken => taken is not null, TimeSpan.FromSeconds(30), Cancel);

        Assert.Equal(Key, dead!.RoutingKey);
        Assert.Equal(s_body, dead.Body.ToArray());
        Assert.Single(consumer.DeliveryRecorder.Deliveries);
    }

    [Fact]
    public async Task A_message_whose_handler_fails_comes_back_after_a_delay()
    {
        var clock = new ManualClock();
        await using var consumer = await StartAsync(
            (delivery, _) => delivery.Number == 1 ? throw new InvalidOperationException("A bug.") : Task.FromResult(Settlement.Ack), clock);

        await _broker.PublishAsync(Key, Guid.NewGuid(), s_body, Cancel);
        var first = await consumer.ReceivedAsync(1, Cancel);
        var delay = await clock.WaitForTimerAsync(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), Cancel);
        Assert.Single(consumer.DeliveryRecorder.Deliveries);
        clock.Advance(delay);
        var second = await consumer.ReceivedAsync(2, Cancel);

        Assert.Equal((first.MessageId, 0L, 1L), (second.MessageId, first.DeliveryCount, second.DeliveryCount));
    }

    [Fact]
    public async Task An_outage_behind_the_handler_uses_up_no_delivery()
    {
        await using var consumer = await StartAsync((delivery, _) => delivery.Number < 3
            ? throw new InvalidOperationException("The query failed.", new SocketException((int)SocketError.ConnectionRefused))
            : Task.FromResult(Settlement.Ack));

        await _broker.PublishAsync(Key, Guid.NewGuid(), s_body, Cancel);
        var third = await consumer.ReceivedAsync(3, Cancel);
        await consumer.StopAsync(Cancel);

        Assert.Equal(0, third.DeliveryCount);
        Assert.Equal(0u, await _broker.ReadyAsync(Queue, Cancel));
    }

    [Fact]
    public async Task A_consumer_recovers_after_the_broker_closed_its_connection()
    {
        await using var consumer = await StartAsync((_, _) => Task.FromResult(Settlement.Ack));
        await _broker.PublishAsync(Key, Guid.NewGuid(), s_body, Cancel);
        await consumer.ReceivedAsync(1, Cancel);

        await _broker.BreakAsync($"consume {Queue}", Cancel);
        await _broker.PublishAsync(Key, Guid.NewGuid(), s_body, Cancel);
        await consumer.ReceivedAsync(2, Cancel);

        await consumer.HealthAsync(HealthStatus.Healthy, Cancel);
    }

    [Fact]
    public async Task A_consumer_recovers_after_its_queue_was_deleted()
    {
        await using var consumer = await StartAsync((_, _) => Task.FromResult(Settlement.Ack));

        await _broker.DeleteQueueAsync(Queue, Cancel);
        await consumer.HealthAsync(HealthStatus.Degraded, Cancel);
        await consumer.HealthAsync(HealthStatus.Healthy, Cancel);
        await _broker.PublishAsync(Key, Guid.NewGuid(), s_body, Cancel);

        await consumer.ReceivedAsync(1, Cancel);
    }

    [Fact]
    public async Task A_stopping_consumer_finishes_its_message_and_leaves_the_rest_in_the_queue()
    {
        var finish = new TaskCompletionSource<Settlement>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var consumer = await StartAsync((_, _) => finish.Task);

        for (var i = 0; i < 3; i++)
        {
            await _broker.PublishAsync(Key, Guid.NewGuid(), s_body, Cancel);
        }

        await consumer.ReceivedAsync(1, Cancel);
        var stopping = consumer.StopAsync(Cancel);
        finish.SetResult(Settlement.Ack);
        await stopping;

        Assert.Single(consumer.DeliveryRecorder.Deliveries);
        Assert.Equal(2u, await Eventually.ReadAsync(
            cancel => _broker.ReadyAsync(Queue, cancel), until: ready => ready == 2, TimeSpan.FromSeconds(30), Cancel));
    }

    [Fact]
    public async Task A_handler_that_does_not_finish_in_time_gives_its_message_back()
    {
        await using var consumer = await StartAsync(async (_, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);

            return Settlement.Ack;
        });
        await _broker.PublishAsync(Key, Guid.NewGuid(), s_body, Cancel);
        await consumer.ReceivedAsync(1, Cancel);

        await consumer.StopAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        Assert.Equal(1u, await Eventually.ReadAsync(
            cancel => _broker.ReadyAsync(Queue, cancel), until: ready => ready == 1, TimeSpan.FromSeconds(30), Cancel));
    }

    [Fact]
    public async Task A_queue_with_other_arguments_is_a_fault_that_the_health_check_names()
    {
        await using (var channel = await _broker.OpenChannelAsync(Cancel))
        {
            await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancel);
        }

        await using var consumer = await ConsumerHost.StartAsync(_broker.ConnectionString, Queue, (_, _) => Task.FromResult(Settlement.Ack), Cancel);

        var health = await consumer.HealthAsync(HealthStatus.Unhealthy, Cancel);
        Assert.Contains($"queue '{Queue}'", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_starts_and_stays_ready_without_a_broker()
    {
        await using var consumer = await ConsumerHost.StartAsync("amqp://127.0.0.1:9", Queue, (_, _) => Task.FromResult(Settlement.Ack), Cancel);

        Assert.Equal(HealthStatus.Degraded, (await consumer.HealthAsync(Cancel)).Status);
    }

    [Fact]
    public async Task A_handler_runs_in_the_trace_of_the_publisher()
    {
        await using var consumer = await StartAsync((_, _) => Task.FromResult(Settlement.Ack));
        // Recorded, however many traces other tests begin in this second.
        using var request = new Activity("request") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();

        var message = Guid.NewGuid();
        await _broker.PublishAsync(Key, message, s_body, Cancel);

        Assert.Equal(request.TraceId, (await consumer.ReceivedAsync(message, Cancel)).TraceId);
    }

    /// <summary>Returns once the queue exists and is consumed.</summary>
    private async Task<ConsumerHost> StartAsync(Func<Delivery, CancellationToken, Task<Settlement>> handle, TimeProvider? clock = null)
    {
        var consumer = await ConsumerHost.StartAsync(_broker.ConnectionString, Queue, handle, Cancel, clock: clock);
        await consumer.HealthAsync(HealthStatus.Healthy, Cancel);

        return consumer;
    }
}
