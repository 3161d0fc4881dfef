using System.Diagnostics.Metrics;
using BillionHearts.Api.Pipeline.Watch;
using BillionHearts.Contracts;
using BillionHearts.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BillionHearts.Tests.Telemetry;

/// <summary>The api's metrics of waiting work, on a database and a broker where no worker runs.</summary>
public sealed class BacklogTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Backlog Backlog => fixture.Host.App.Services.GetRequiredService<Backlog>();

    [Fact]
    public async Task Images_that_wait_for_a_worker_are_counted_in_their_lane()
    {
        var user = await fixture.Host.CreateUserAsync(Cancel);
        await fixture.Host.UploadAsync(user, TestImages.Png(20, 10), Cancel);
        await fixture.Host.UploadAsync(user, TestImages.Png(20, 10), Cancel);

        await SeenAsync(() => Backlog.Lanes, ("lane", AnalysisLane.Fresh), at: 2);
        await SeenAsync(() => Backlog.Lanes, ("lane", AnalysisLane.Backfill), at: 0);
        await SeenAsync(() => Backlog.Lanes, ("lane", AnalysisLane.Slow), at: 0);
    }

    [Fact]
    public async Task An_unreadable_message_is_counted_as_a_dead_letter()
    {
        // The api declares exchange and queues in its own time.
        await SeenAsync(() => Backlog.DeadLetters, tag: null, at: 0);
        await fixture.Host.Broker.PublishAsync(ImagesExchange.Keys.Result, Guid.NewGuid(), "{"u8.ToArray(), Cancel);

        await SeenAsync(() => Backlog.DeadLetters, tag: null, at: 1);
    }

    [Fact]
    public async Task A_stuck_outbox_relay_is_visible_in_the_number_of_overdue_messages()
    {
        await InsertAsync("now() + interval '1 hour'");
        await using var holder = new NpgsqlConnection(fixture.Host.Database.ConnectionString);
        await holder.OpenAsync(Cancel);
        await using var transaction = await holder.BeginTransactionAsync(Cancel);
        await using var hold = new NpgsqlCommand("LOCK TABLE outbox IN EXCLUSIVE MODE", holder, transaction);
        // Due once the table is locked: the relay takes at once what is due already.
        await InsertAsync("now() + interval '5 seconds'");
        await hold.ExecuteNonQueryAsync(Cancel);

        await SeenAsync(() => Backlog.OutboxDepth, ("state", "due"), at: 1);
        await SeenAsync(() => Backlog.OutboxDepth, ("state", "delayed"), at: 1);
        Assert.True(Backlog.OutboxLag.Single().Value > 0);

        await transaction.RollbackAsync(Cancel);
        await SeenAsync(() => Backlog.OutboxDepth, ("state", "due"), at: 0);
        Assert.Equal(0, Backlog.OutboxLag.Single().Value);
    }

    private Task InsertAsync(string nextAt) => fixture.Host.Database.ExecuteAsync(
        $"INSERT INTO outbox (message_id, routing_key, payload, next_at) VALUES ('{Guid.NewGuid()}', '{ImagesExchange.Keys.Deleted}', '{{}}', {nextAt})", Cancel);

    private static async Task SeenAsync(Func<IEnumerable<Measurement<long>>> measure, (string Name, string Value)? tag, long at) => Assert.Equal(
        at,
        await Eventually.ReadAsync(
            _ => Task.FromResult(measure().Where(one => tag is null || one.Tags.ToArray().Any(pair => pair.Key == tag.Value.Name && (string?)pair.Value == tag.Value.Value))
                .Select(one => (long?)one.Value).SingleOrDefault()),
            until: value => value == at, s_limit, Cancel));
}
