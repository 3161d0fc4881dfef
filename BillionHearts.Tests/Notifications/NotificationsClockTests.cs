using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Notifications;

/// <summary>What the service does as time passes, on a clock that the test advances.</summary>
public sealed class NotificationsClockTests(AppHostFixture app) : IAsyncLifetime
{
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_retentionInterval = TimeSpan.FromMinutes(10);

    private readonly ManualClock _clock = new();

    private NotificationsHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await NotificationsHost.StartAsync(app, _clock, Cancel);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_silent_stream_says_that_it_is_alive_and_when_to_reconnect()
    {
        using var response = await _host.OpenAsync(TestEvents.NewUser(), lastEventId: null, Cancel);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        var first = await lines.ReadLineAsync(Cancel);
        await lines.ReadLineAsync(Cancel);
        var second = lines.ReadLineAsync(Cancel);

        await _clock.WaitForTimersAsync(s_heartbeat, count: 1, Cancel);
        Assert.False(second.IsCompleted);
        _clock.Advance(s_heartbeat);

        Assert.Equal(("retry: 2000", ": still here"), (first, await second));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no", response.Headers.GetValues("X-Accel-Buffering").Single());
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Events_beyond_their_retention_are_removed_while_the_service_runs()
    {
        var (old, young) = (TestEvents.NewUser(), TestEvents.NewUser());
        await _host.AppendAsync(TestEvents.Analyzed(old), Cancel);
        await _host.AppendAsync(TestEvents.Analyzed(young), Cancel);
        await _host.Database.ExecuteAsync($"UPDATE user_events SET recorded_at = now() - interval '8 days' WHERE user_id = {old}", Cancel);

        await _clock.WaitForTimersAsync(s_retentionInterval, count: 1, Cancel);
        _clock.Advance(s_retentionInterval);

        await Eventually.ReadAsync(
            cancel => _host.Database.ScalarAsync<long>($"SELECT count(*) FROM user_events WHERE user_id = {old}", cancel),
            until: left => left is 0, TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(1, await _host.Database.ScalarAsync<long>($"SELECT count(*) FROM user_events WHERE user_id = {young}", Cancel));
    }
}
