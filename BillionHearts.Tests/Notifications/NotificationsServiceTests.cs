using System.Net;
using BillionHearts.Notifications.Data;
using BillionHearts.ServiceDefaults.Database;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Notifications;

/// <summary>Tests of the whole service. Each has its own, because it breaks something.</summary>
public sealed class NotificationsServiceTests(AppHostFixture app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_the_api_a_known_user_is_served_and_an_unknown_one_gets_503()
    {
        await using var host = await NotificationsHost.StartAsync(app, Cancel);
        using (var known = await host.OpenAsync(1, lastEventId: null, Cancel))
        {
            Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        }

        await host.AppendAsync(TestEvents.Analyzed(2), Cancel);
        await host.StopUsersAsync();

        using var remembered = await host.OpenAsync(1, lastEventId: null, Cancel);
        using var hasEvents = await host.OpenAsync(2, lastEventId: null, Cancel);
        using var unknown = await host.OpenAsync(3, lastEventId: null, Cancel);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (remembered.StatusCode, hasEvents.StatusCode));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.StatusCode);
        Assert.NotNull(unknown.Headers.RetryAfter);
        Assert.Contains("users-unavailable", await unknown.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_opens_while_one_of_two_replicas_of_the_api_is_away()
    {
        await using var host = await NotificationsHost.StartAsync(app, Cancel, ("services:api:http:1", "http://127.0.0.1:1"));

        for (var user = 1; user <= 6; user++)
        {
            using var opened = await host.OpenAsync(user, lastEventId: null, Cancel);
            Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        }
    }

    [Fact]
    public async Task A_stop_ends_open_streams_at_once_and_cleanly()
    {
        await using var host = await NotificationsHost.StartAsync(app, Cancel);
        await host.AppendAsync(TestEvents.Analyzed(1), Cancel);
        await using var received = host.EventsAsync(1, "0", Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await received.MoveNextAsync());

        // A stream that stayed open would hold up the stop for the 30 s after which the host gives up.
        await host.App.StopAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        Assert.False(await received.MoveNextAsync());
    }

    [Fact]
    public async Task Streams_and_the_queue_survive_a_database_outage()
    {
        await using var host = await NotificationsHost.StartAsync(app, Cancel);
        var before = TestEvents.Analyzed(1);
        await host.PublishAsync(before, Cancel);
        await using var received = host.EventsAsync(1, "0", Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await received.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel));

        // Connections are refused as by a server that is starting up, which is an outage and not a fault of the message.
        await host.Database.AllowConnectionsAsync(false, Cancel);
        var during = TestEvents.Analyzed(1);
        await host.PublishAsync(during, Cancel);
        await Eventually.ReadAsync(host.HealthAsync, until: health => health.Contains("Unhealthy", StringComparison.Ordinal), TimeSpan.FromSeconds(30), Cancel);
        await host.Database.AllowConnectionsAsync(true, Cancel);

        Assert.True(await received.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        Assert.Equal(during.EventId, received.Current.EventId);
    }

    [Fact]
    public async Task Two_migrations_at_once_both_succeed()
    {
        await using var host = await NotificationsHost.StartAsync(app, Cancel);
        await host.Database.ExecuteAsync("DROP OWNED BY CURRENT_USER", Cancel);

        var codes = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => DatabaseMigration.RunAsync<NotificationsDbContext>(host.App.Services, Cancel))));

        Assert.Equal([0, 0], codes);
        Assert.True(await host.AppendAsync(TestEvents.Analyzed(1), Cancel));
    }
}
