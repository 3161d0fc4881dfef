using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Contracts;
using BillionHearts.Tests.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BillionHearts.Tests.Api;

/// <summary>The relay between PostgreSQL and RabbitMQ, on real servers. A test looks at its own messages only: the service's relay runs beside all tests.</summary>
public sealed class OutboxTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly byte[] s_png = TestImages.Png(40, 30);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

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
        var second = ActivatorUtilities.CreateInstance<OutboxRelay>(Host.App.Services);
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
    public async Task An_unroutable_message_stays_with_its_error_and_blocks_no_other()
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
    public async Task An_outbox_message_continues_the_trace_of_its_request()
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
    public async Task Uploads_go_on_while_broker_connections_break_and_nothing_is_lost()
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

    [Fact]
    public async Task A_message_that_a_full_queue_refuses_stays_and_blocks_no_other()
    {
        using var metrics = new RecordedMetrics();
        var work = Guid.NewGuid();
        var filling = Enumerable.Range(0, 3).Select(_ => Guid.NewGuid()).ToHashSet();
        await Host.Database.ExecuteAsync(string.Join(';', filling.Select(id => Insert(id))), Cancel);
        await Eventually.ReadAsync(cancel => CountAsync(filling, cancel), until: left => left is 0, s_limit, Cancel);
        await using var limit = await Host.Broker.LimitAsync(ImagesExchange.Queues.Notifications, messages: 1, Cancel);

        var refused = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid()).ToHashSet();
        await Host.Database.ExecuteAsync(string.Join(';', refused.Select(id => Insert(id))), Cancel);
        await Host.Database.ExecuteAsync(Insert(work, routingKey: ImagesExchange.Keys.Backfill), Cancel);
        await LeftAsync(work);
        await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<long>($"SELECT count(*) FROM outbox WHERE last_error LIKE '%a queue is full%' AND {In(refused)}", cancel),
            until: held => held == refused.Count, s_limit, Cancel);
        Assert.True(metrics.Sum("billionhearts.messages.published", $"routing_key={ImagesExchange.Keys.Deleted}", "outcome=refused") >= refused.Count);

        await limit.DisposeAsync();
        await Host.Database.ExecuteAsync($"UPDATE outbox SET next_at = now() WHERE {In(refused)}", Cancel);
        await Eventually.ReadAsync(cancel => CountAsync(refused, cancel), until: left => left is 0, s_limit, Cancel);
        Assert.Equal(refused.Order(), (await TakeAsync(ImagesExchange.Queues.Notifications, only: refused)).Order());
    }

    [Fact]
    public async Task An_upload_whose_announcement_is_refused_is_analysed_once_and_announced_later()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var filling = Guid.NewGuid();
        await Host.Database.ExecuteAsync(Insert(filling), Cancel);
        await LeftAsync(filling);
        await using var limit = await Host.Broker.LimitAsync(ImagesExchange.Queues.Notifications, messages: 1, Cancel);

        // Of several, because a queue takes a few more than its limit.
        var images = new HashSet<long>();
        for (var i = 0; i < 5; i++)
        {
            images.Add((await Host.UploadAsync(user, TestImages.Png(40, 31 + i), Cancel)).GetProperty("id").GetInt64());
        }

        await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<long>($"SELECT count(*) FROM outbox WHERE routing_key = '{ImagesExchange.Keys.Received}' AND attempts > 0", cancel),
            until: refused => refused > 0, s_limit, Cancel);
        Assert.Equal(images.Order(), (await RequestsAsync(images)).Order());

        await limit.DisposeAsync();
        await Host.Database.ExecuteAsync("UPDATE outbox SET next_at = now()", Cancel);
        await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<long>($"SELECT count(*) FROM outbox WHERE routing_key = '{ImagesExchange.Keys.Received}'", cancel), until: left => left is 0, s_limit, Cancel);
        Assert.Equal(images.Order(), (await UploadedAsync(images)).Order());
        Assert.Empty(await RequestsAsync(images));
    }

    [Fact]
    public async Task A_change_of_metadata_has_the_image_analysed_again_and_announces_no_upload()
    {
        var image = await Host.UploadAsync(await Host.CreateUserAsync(Cancel), TestImages.Png(40, 29), Cancel);
        var id = image.GetProperty("id").GetInt64();
        using var changed = await Host.Http.PutAsJsonAsync($"/images/{id}", new { original_filename = "renamed.png" }, Cancel);
        Assert.True(changed.IsSuccessStatusCode);

        await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<long>($"SELECT count(*) FROM outbox WHERE payload->>'imageId' = '{id}'", cancel), until: left => left is 0, s_limit, Cancel);
        Assert.Equal([id, id], await RequestsAsync([id]));
        Assert.Equal([id], await UploadedAsync([id]));
    }

    [Fact]
    public async Task Many_messages_that_cannot_be_published_block_no_other()
    {
        var unroutable = Enumerable.Range(0, 150).Select(_ => Guid.NewGuid()).ToHashSet();
        var others = Enumerable.Range(0, 1500).Select(_ => Guid.NewGuid()).ToHashSet();
        await Host.Database.ExecuteAsync(
            string.Join(';', unroutable.Select(id => Insert(id, routingKey: "image.unheard-of")).Concat(others.Select(id => Insert(id, routingKey: ImagesExchange.Keys.Backfill)))), Cancel);

        await Eventually.ReadAsync(cancel => CountAsync(others, cancel), until: left => left is 0, TimeSpan.FromSeconds(30), Cancel);

        Assert.Equal(unroutable.Count, await CountAsync(unroutable, Cancel));
        await Host.Database.ExecuteAsync($"DELETE FROM outbox WHERE {In(unroutable)}", Cancel);
    }

    [Fact]
    public async Task A_channel_that_the_broker_closed_is_reopened_with_its_topology()
    {
        using var metrics = new RecordedMetrics();
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        await Host.Database.ExecuteAsync(Insert(first), Cancel);
        await LeftAsync(first);
        await Host.Broker.DeleteExchangeAsync(Cancel);

        await Host.Database.ExecuteAsync(Insert(second), Cancel);

        await LeftAsync(second);
        Assert.Contains(second, await TakeAsync(ImagesExchange.Queues.Notifications, only: [first, second]));
        Assert.True(metrics.Sum("billionhearts.messages.published", $"routing_key={ImagesExchange.Keys.Deleted}", "outcome=unreachable") >= 1);
    }

    [Fact]
    public async Task Uploads_go_on_while_the_broker_blocks_publishers()
    {
        using var metrics = new RecordedMetrics();
        await using var broker = await TestBroker.CreateAsync(fixture.App, Cancel);
        await using var front = BrokerFront.Start(broker.ConnectionString);
        await using var host = await ApiHost.StartAsync(fixture.App, Cancel, ("ConnectionStrings:messaging", front.ConnectionString));
        var user = await host.CreateUserAsync(Cancel);
        await host.UploadAsync(user, s_png, Cancel);
        await Eventually.ReadAsync(cancel => host.Database.ScalarAsync<long>("SELECT count(*) FROM outbox", cancel), until: left => left is 0, s_limit, Cancel);

        front.IsBlocked = true;
        var ids = new List<long>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add((await host.UploadAsync(user, s_png, Cancel)).GetProperty("id").GetInt64());
        }

        await Eventually.ReadAsync(
            _ => Task.FromResult(metrics.Sum("billionhearts.messages.published", "outcome=unreachable")), until: failures => failures >= 1, TimeSpan.FromSeconds(45), Cancel);
        Assert.Equal(ids.Count, await host.Database.ScalarAsync<long>("SELECT count(*) FROM outbox", Cancel));

        front.IsBlocked = false;
        await Eventually.ReadAsync(cancel => host.Database.ScalarAsync<long>("SELECT count(*) FROM outbox", cancel), until: left => left is 0, TimeSpan.FromSeconds(30), Cancel);
        var images = new HashSet<long>();
        while (await broker.TakeAsync(ImagesExchange.Queues.AnalysisFresh, Cancel) is { } message)
        {
            images.Add(JsonSerializer.Deserialize<AnalysisRequest>(message.Body.Span)!.ImageId);
        }

        Assert.Superset(ids.ToHashSet(), images);
    }

    private static string Insert(Guid id, string routingKey = ImagesExchange.Keys.Deleted, string nextAt = "now()", string? traceparent = null) =>
        $"INSERT INTO outbox (message_id, routing_key, payload, next_at, traceparent) VALUES ('{id}', '{routingKey}', '{{}}', {nextAt}, {(traceparent is null ? "NULL" : $"'{traceparent}'")})";

    private static string In(IEnumerable<Guid> ids) => $"message_id IN ({string.Join(',', ids.Select(id => $"'{id}'"))})";

    private Task<long> LeftAsync(Guid id) => Eventually.ReadAsync(cancel => CountAsync([id], cancel), until: count => count is 0, s_limit, Cancel);

    private Task<long> CountAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken) =>
        Host.Database.ScalarAsync<long>($"SELECT count(*) FROM outbox WHERE {In(ids)}", cancellationToken);

    /// <summary>Empties the queue; the images of the requests for analysis, as often as there is one.</summary>
    private Task<List<long>> RequestsAsync(IReadOnlyCollection<long> images) =>
        ImagesAsync<AnalysisRequest>(ImagesExchange.Queues.AnalysisFresh, request => request.ImageId, images);

    /// <summary>Empties the queue; the images of the events <c>image.uploaded</c>.</summary>
    private Task<List<long>> UploadedAsync(IReadOnlyCollection<long> images) =>
        ImagesAsync<ImageEvent>(ImagesExchange.Queues.Notifications, told => told.Type is ImagesExchange.Keys.Uploaded ? told.ImageId : 0, images);

    private async Task<List<long>> ImagesAsync<T>(string queue, Func<T, long> imageOf, IReadOnlyCollection<long> only)
    {
        var found = new List<long>();

        while (await Host.Broker.TakeAsync(queue, Cancel) is { } message)
        {
            // What other tests have sent may be an empty object.
            if (message.Body.Length > 2)
            {
                found.Add(imageOf(JsonSerializer.Deserialize<T>(message.Body.Span)!));
            }
        }

        return [.. found.Where(only.Contains)];
    }

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
