using BillionHearts.Contracts;
using BillionHearts.Notifications.Events;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BillionHearts.Tests.Notifications;

public sealed class EventStoreTests(NotificationsFixture fixture) : IClassFixture<NotificationsFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private NotificationsHost Host => fixture.Host;

    [Fact]
    public async Task Replicas_that_store_the_same_events_at_once_keep_one_of_each_without_gaps()
    {
        var user = TestEvents.NewUser();
        var events = Enumerable.Range(0, 40).Select(_ => TestEvents.Analyzed(user)).ToList();

        var stored = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AppendAllAsync(events)));

        Assert.Equal(events.Count, stored.Sum());
        var read = await ReadAsync(user);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), read.Select(e => e.Sequence));
        Assert.Equal(events.Select(e => e.EventId).Order(), read.Select(e => e.EventId).Order());
    }

    [Fact]
    public async Task An_event_that_is_committed_late_never_gets_an_earlier_number()
    {
        var user = TestEvents.NewUser();
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);

        await using var slow = new NpgsqlConnection(Host.Database.ConnectionString);
        await slow.OpenAsync(Cancel);
        await using var transaction = await slow.BeginTransactionAsync(Cancel);
        await using var hold = new NpgsqlCommand($"UPDATE user_streams SET sequence = sequence WHERE user_id = {user}", slow, transaction);
        await hold.ExecuteNonQueryAsync(Cancel);

        var next = TestEvents.Analyzed(user);
        var appending = Host.AppendAsync(next, Cancel);
        await Eventually.ReadAsync(WaitingAsync, until: waiting => waiting > 0, TimeSpan.FromSeconds(30), Cancel);
        Assert.Single(await ReadAsync(user));

        await transaction.CommitAsync(Cancel);
        Assert.True(await appending);
        Assert.Equal([1L, 2L], (await ReadAsync(user)).Select(e => e.Sequence));
    }

    [Fact]
    public async Task A_reader_with_a_cursor_misses_no_event_while_many_are_being_committed()
    {
        var user = TestEvents.NewUser();
        var events = Enumerable.Range(0, 200).Select(_ => TestEvents.Analyzed(user)).ToList();
        var writing = Task.WhenAll(events.Chunk(25).Select(AppendAllAsync));
        var (seen, cursor) = (new List<Guid>(), 0L);

        await Eventually.ReadAsync(
            async cancel =>
            {
                // Read while transactions with lower numbers may be open: a number that comes later must be greater.
                var next = await ReadAsync(user, cursor);
                seen.AddRange(next.Select(e => e.EventId));
                cursor = next.Count > 0 ? next[^1].Sequence : cursor;
                return seen.Count;
            },
            until: count => count >= events.Count, TimeSpan.FromSeconds(30), pause: TimeSpan.FromMilliseconds(1), Cancel);

        await writing;
        Assert.Equal(events.Select(e => e.EventId).Order(), seen.Order());
        Assert.Equal(events.Count, cursor);
    }

    [Fact]
    public async Task Removing_old_events_does_not_reset_a_users_event_numbers()
    {
        var user = TestEvents.NewUser();
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);
        await Host.Database.ExecuteAsync($"UPDATE user_events SET recorded_at = now() - interval '8 days' WHERE user_id = {user}", Cancel);
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);

        await using (var scope = Host.App.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<EventStore>().RemoveOldAsync(TimeSpan.FromDays(7), Cancel);
        }

        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);
        Assert.Equal([2L, 3L], (await ReadAsync(user)).Select(e => e.Sequence));
    }

    private async Task<int> AppendAllAsync(IEnumerable<ImageEvent> events)
    {
        var stored = 0;

        foreach (var e in events)
        {
            stored += await Host.AppendAsync(e, Cancel) ? 1 : 0;
        }

        return stored;
    }

    private async Task<List<BillionHearts.Notifications.Data.UserEvent>> ReadAsync(long user, long after = 0)
    {
        await using var scope = Host.App.Services.CreateAsyncScope();

        return await scope.ServiceProvider.GetRequiredService<EventStore>().ReadAsync(user, after, limit: 1000, Cancel);
    }

    private async Task<long> WaitingAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Host.Database.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", connection);

        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
