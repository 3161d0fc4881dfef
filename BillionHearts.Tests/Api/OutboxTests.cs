using System.Diagnostics;
using System.Text;
using BillionHearts.Api.Outbox;
using BillionHearts.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BillionHearts.Tests.Api;

/// <summary>The relay between PostgreSQL and RabbitMQ, on real ones. A test looks for its own messages only: the relay of the service runs beside all of them.</summary>
public sealed class OutboxTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_message_whose_transaction_commits_late_is_not_passed_over()
    {
        var (late, soon) = (Guid.NewGuid(), Guid.NewGuid());
        await using var slow = new NpgsqlConnection(Host.Database.ConnectionString);
        await slow.OpenAsync(Cancel);
        await using var transaction = await slow.BeginTransactionAsync(Cancel);
        await using (var insert = new NpgsqlCommand(Insert(late), slow, transaction))
        {
            await insert.ExecuteNonQueryAsync(Cancel);
        }

        await Host.Database.ExecuteAsync(Insert(soon), Cancel);
        await LeftAsync(soon);

        // The one with the smaller id is visible only now, after the other has gone.
        await transaction.CommitAsync(Cancel);
        await LeftAsync(late);

        Assert.Equal([soon, late], await TakeAsync(ImagesExchange.Queues.Notifications, only: [soon, late]));
    }

    [Fact]
    public async Task Two_relays_at_once_publish_each_message_once()
    {
        using var second = ActivatorUtilities.CreateInstance<OutboxRelay>(Host.App.Services);
        var ids = Enumerable.Range(0, 500).Select(_ => Guid.NewGuid()).ToHashSet();
        await Host.Database.ExecuteAsync(string.Join(';', ids.Select(id => Insert(id))), Cancel);

        var taken = 0;
        do
        {
            taken = (await second.RelayAsync(50, Cancel)).Count;
        }
        while (taken > 0);

        await Eventually.ReadAsync(cancel => CountAsync(ids, cancel), until: left => left is 0, s_limit, Cancel);
        var published = await TakeAsync(ImagesExchange.Queues.Notifications, only: ids);
        Assert.Equal(ids.Count, published.Count);
        Assert.Equal(ids, published.ToHashSet());
    }

    [Fact]
    public async Task A_message_that_no_queue_takes_stays_with_its_error_and_holds_up_no_other()
    {
        var (unroutable, other) = (Guid.NewGuid(), Guid.NewGuid());
        await Host.Database.ExecuteAsync(Insert(unroutable, routingKey: "image.unheard-of"), Cancel);
        await Host.Database.ExecuteAsync(Insert(other), Cancel);

        await LeftAsync(other);
        var attempts = await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<int>($"SELECT attempts FROM outbox WHERE message_id = '{unroutable}'", cancel), until: n => n >= 2, s_limit, Cancel);

        Assert.InRange(attempts, 2, 20);
        Assert.Contains("image.unheard-of", await Host.Database.ScalarAsync<string>($"SELECT last_error FROM outbox WHERE message_id = '{unroutable}'", Cancel));
        Assert.True(await Host.Database.ScalarAsync<bool>($"SELECT next_at > created_at FROM outbox WHERE message_id = '{unroutable}'", Cancel));
    }

    [Fact]
    public async Task A_message_leaves_when_it_is_due_and_not_before()
    {
        var (due, later) = (Guid.NewGuid(), Guid.NewGuid());
        await Host.Database.ExecuteAsync(Insert(later, nextAt: "now() + interval '1 hour'"), Cancel);
        await Host.Database.ExecuteAsync(Insert(due), Cancel);

        await LeftAsync(due);
        Assert.Equal(1, await CountAsync([later], Cancel));

        await Host.Database.ExecuteAsync($"UPDATE outbox SET next_at = now() WHERE message_id = '{later}'", Cancel);
        await LeftAsync(later);
    }

    [Fact]
    public async Task The_trace_of_the_request_goes_on_in_the_message()
    {
        var id = Guid.NewGuid();
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        await Host.Database.ExecuteAsync(Insert(id, traceparent: $"00-{trace}-b7ad6b7169203331-01"), Cancel);
        await LeftAsync(id);

        var headers = await Eventually.ReadAsync(
            async cancel => await Host.Broker.TakeAsync(ImagesExchange.Queues.Notifications, cancel) is { } message && message.BasicProperties.MessageId == id.ToString("D")
                ? message.BasicProperties.Headers
                : null,
            until: found => found is not null, s_limit, Cancel);
        Assert.StartsWith($"00-{trace}-", Encoding.ASCII.GetString((byte[])headers!["traceparent"]!));
    }

    [Fact]
    public async Task While_the_broker_breaks_off_uploads_go_on_and_nothing_is_lost()
    {
        var ids = Enumerable.Range(0, 200).Select(_ => Guid.NewGuid()).ToHashSet();

        foreach (var chunk in ids.Chunk(50))
        {
            await Host.Database.ExecuteAsync(string.Join(';', chunk.Select(id => Insert(id))), Cancel);
            await Host.Broker.BreakAsync("publish", Cancel);
        }

        await Eventually.ReadAsync(cancel => CountAsync(ids, cancel), until: left => left is 0, TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(ids, (await TakeAsync(ImagesExchange.Queues.Notifications, only: ids)).ToHashSet());
    }

    private static string Insert(Guid id, string routingKey = ImagesExchange.Keys.Deleted, string nextAt = "now()", string? traceparent = null) =>
        $"INSERT INTO outbox (message_id, routing_key, payload, next_at, traceparent) VALUES ('{id}', '{routingKey}', '{{}}', {nextAt}, {(traceparent is null ? "NULL" : $"'{traceparent}'")})";

    private Task<long> LeftAsync(Guid id) => Eventually.ReadAsync(cancel => CountAsync([id], cancel), until: count => count is 0, s_limit, Cancel);

    private Task<long> CountAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken) =>
        Host.Database.ScalarAsync<long>($"SELECT count(*) FROM outbox WHERE message_id IN ({string.Join(',', ids.Select(id => $"'{id}'"))})", cancellationToken);

    /// <summary>Empties a queue; the ids of those messages that the test has sent, in order.</summary>
    private async Task<List<Guid>> TakeAsync(string queue, IReadOnlyCollection<Guid> only)
    {
        var ids = new List<Guid>();

        while (await Host.Broker.TakeAsync(queue, Cancel) is { } message)
        {
            ids.Add(Guid.Parse(message.BasicProperties.MessageId!));
        }

        return [.. ids.Where(only.Contains)];
    }
}
