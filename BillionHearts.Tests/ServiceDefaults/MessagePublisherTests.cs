using BillionHearts.Contracts;
using BillionHearts.Messaging;
using BillionHearts.ServiceDefaults;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Tests.ServiceDefaults;

public sealed class MessagePublisherTests(AppHostFixture app) : IAsyncLifetime
{
    private static readonly byte[] s_body = "{}"u8.ToArray();

    private TestBroker _broker = null!;
    private IHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private MessagePublisher Publisher => _host.Services.GetRequiredService<MessagePublisher>();

    public async ValueTask InitializeAsync()
    {
        _broker = await TestBroker.CreateAsync(app, Cancel);
        _host = Host(_broker.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)_host).DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task All_messages_of_simultaneous_publishers_are_confirmed()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Publisher.PublishAsync(ImagesExchange.Keys.Result, Guid.NewGuid(), s_body, Cancel)));

        Assert.Equal(500u, await Eventually.ReadAsync(
            cancel => _broker.ReadyAsync(ImagesExchange.Queues.AnalysisResults, cancel), until: ready => ready == 500, TimeSpan.FromSeconds(30), Cancel));
    }

    [Fact]
    public async Task A_message_arrives_persistent_under_its_id_and_key()
    {
        var id = Guid.NewGuid();
        await Publisher.PublishAsync(ImagesExchange.Keys.Uploaded, id, s_body, Cancel);

        var taken = await _broker.TakeAsync(ImagesExchange.Queues.AnalysisFresh, Cancel);

        Assert.Equal(
            (id.ToString("D"), "application/json", true, ImagesExchange.Keys.Uploaded),
            (taken!.BasicProperties.MessageId, taken.BasicProperties.ContentType, taken.BasicProperties.Persistent, taken.RoutingKey));
    }

    [Fact]
    public async Task An_unroutable_message_is_refused_and_the_queue_declared_again()
    {
        await Publisher.PublishAsync(ImagesExchange.Keys.Uploaded, Guid.NewGuid(), s_body, Cancel);
        await _broker.DeleteQueueAsync(ImagesExchange.Queues.AnalysisFresh, Cancel);

        var refused = await Assert.ThrowsAsync<MessageNotConfirmedException>(
            () => Publisher.PublishAsync(ImagesExchange.Keys.Uploaded, Guid.NewGuid(), s_body, Cancel));
        await Publisher.PublishAsync(ImagesExchange.Keys.Uploaded, Guid.NewGuid(), s_body, Cancel);

        Assert.Contains(ImagesExchange.Keys.Uploaded, refused.Message, StringComparison.Ordinal);
        Assert.Equal(1u, await _broker.ReadyAsync(ImagesExchange.Queues.AnalysisFresh, Cancel));
    }

    [Fact]
    public async Task Publishing_works_again_after_the_broker_closed_the_connection()
    {
        await Publisher.PublishAsync(ImagesExchange.Keys.Result, Guid.NewGuid(), s_body, Cancel);

        await _broker.BreakAsync("publish", Cancel);

        await Eventually.ReadAsync(PublishedAsync, until: published => published, TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task Publishing_without_a_broker_fails_soon_for_every_caller()
    {
        await using var host = (IAsyncDisposable)Host("amqp://127.0.0.1:9");
        var publisher = ((IHost)host).Services.GetRequiredService<MessagePublisher>();

        var refusals = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Record.ExceptionAsync(
            () => publisher.PublishAsync(ImagesExchange.Keys.Result, Guid.NewGuid(), s_body, Cancel)).AsTask())).WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        Assert.All(refusals, refusal => Assert.IsType<MessageNotConfirmedException>(refusal));
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_cancelled_and_others_are_not()
    {
        using var impatient = new CancellationTokenSource();
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Publisher.PublishAsync(ImagesExchange.Keys.Result, Guid.NewGuid(), s_body, impatient.Token));
        await Publisher.PublishAsync(ImagesExchange.Keys.Result, Guid.NewGuid(), s_body, Cancel);
    }

    private async Task<bool> PublishedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Publisher.PublishAsync(ImagesExchange.Keys.Result, Guid.NewGuid(), s_body, cancellationToken);

            return true;
        }
        catch (MessageNotConfirmedException)
        {
            return false;
        }
    }

    private static IHost Host(string connectionString)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:messaging", connectionString)]);
        builder.AddServiceDefaults();
        builder.AddRabbitMQClient("messaging");
        builder.Services.AddMessagePublisher();

        return builder.Build();
    }
}
