using System.Net;
using System.Net.Http.Headers;
using BillionHearts.Notifications.Users;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Notifications;

/// <summary>One service, on a clock that tests advance.</summary>
public sealed class ClockedNotifications(AppHostFixture app) : IAsyncLifetime
{
    internal ManualClock Clock { get; } = new();

    internal NotificationsHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await NotificationsHost.StartAsync(app, Clock, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

/// <summary>How long credentials are good for, and what becomes of streams when they end or the api is away.</summary>
public sealed class StreamCredentialLifeTests(AppHostFixture app, ClockedNotifications clocked) : IClassFixture<ClockedNotifications>
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(30);

    private readonly ManualClock _clock = clocked.Clock;
    private readonly NotificationsHost _host = clocked.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Credentials_are_judged_once_and_again_when_the_verdict_is_old()
    {
        var (user, before) = (TestEvents.NewUser(), _host.Users.Judged);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await ListAsync(user, "account"));
        }

        Assert.Equal(1, _host.Users.Judged - before);
        _clock.Advance(s_fresh + TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await ListAsync(user, "account"));
        Assert.Equal(2, _host.Users.Judged - before);
        // Of these credentials and this user only.
        Assert.Equal(HttpStatusCode.Forbidden, await ListAsync(user, "403"));
        Assert.Equal(HttpStatusCode.OK, await ListAsync(TestEvents.NewUser(), "account"));
        Assert.Equal(4, _host.Users.Judged - before);
    }

    [Fact]
    public async Task The_streams_of_a_revoked_key_end_and_those_of_others_do_not()
    {
        var (user, other) = (TestEvents.NewUser(), TestEvents.NewUser());
        using var byKey = await _host.OpenAsync(user, "0", "key", Cancel);
        using var byToken = await _host.OpenAsync(user, "0", "account", Cancel);
        using var ofOther = await _host.OpenAsync(other, "0", "key", Cancel);

        _host.Users.Ended[(user, 7)] = "refused";
        await GuardAsync();

        await EndedAsync(byKey);
        await AssertOpenAsync(_host, byToken, user);
        await AssertOpenAsync(_host, ofOther, other);
    }

    [Fact]
    public async Task The_stream_of_a_user_who_is_gone_ends_and_their_events_are_removed()
    {
        var (user, other) = (TestEvents.NewUser(), TestEvents.NewUser());
        await _host.AppendAsync(TestEvents.Analyzed(user), Cancel);
        await _host.AppendAsync(TestEvents.Analyzed(other), Cancel);
        await _host.Database.ExecuteAsync($"INSERT INTO mail_settings (user_id, address, unsubscribe_key) VALUES ({user}, 'a@example.com', 'k{user}')", Cancel);
        using var open = await _host.OpenAsync(user, "0", Cancel);

        _host.Users.Ended[(user, null)] = "unknown";
        await GuardAsync();
        await EndedAsync(open);
        await using var scope = _host.App.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<UserSweep>().RunAsync(Cancel);

        foreach (var table in new[] { "user_events", "user_streams", "mail_settings" })
        {
            Assert.Equal(0, await _host.Database.ScalarAsync<long>($"SELECT count(*) FROM {table} WHERE user_id = {user}", Cancel));
        }

        Assert.Equal(1, await _host.Database.ScalarAsync<long>($"SELECT count(*) FROM user_events WHERE user_id = {other}", Cancel));
    }

    [Fact]
    public async Task A_database_of_the_api_that_lost_many_users_removes_nobodys_events()
    {
        await _host.Database.ExecuteAsync("INSERT INTO user_streams (user_id, sequence) SELECT n, 1 FROM generate_series(2001, 2150) AS n", Cancel);
        for (var user = 2001; user <= 2101; user++)
        {
            _host.Users.Ended[(user, null)] = "unknown";
        }

        await using var scope = _host.App.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<UserSweep>().RunAsync(Cancel);

        Assert.Equal(150, await _host.Database.ScalarAsync<long>("SELECT count(*) FROM user_streams WHERE user_id > 2000", Cancel));
        _host.Users.Ended.Clear();
    }

    [Fact]
    public async Task Open_streams_go_on_while_the_api_is_away_and_known_credentials_open_more()
    {
        await using var host = await NotificationsHost.StartAsync(app, Cancel, ("Credentials:FreshFor", "00:00:01"));
        var user = TestEvents.NewUser();
        using var open = await host.OpenAsync(user, "0", "account", Cancel);
        await host.StopUsersAsync();
        var verdicts = host.App.Services.GetRequiredService<VerdictCache>();
        await Eventually.ReadAsync(_ => Task.FromResult(verdicts.Find(user, "Bearer account")?.IsFresh), until: fresh => fresh is false, TimeSpan.FromSeconds(30), Cancel);

        await AssertOpenAsync(host, open, user);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (await ListAsync(user, "account", host), await ListAsync(user, "key", host)));
    }

    [Fact]
    public void A_verdict_is_fresh_then_usable_and_gone_with_its_credentials_expiry()
    {
        using var verdicts = new VerdictCache(Options.Create(new CredentialOptions()), _clock);
        verdicts.Add("Bearer long", new Verdict(new Holder(1, null), [], null));
        verdicts.Add("Bearer short", new Verdict(new Holder(1, null), [], _clock.GetUtcNow() + TimeSpan.FromMinutes(1)));
        Assert.Equal((true, null, null), (verdicts.Find(1, "Bearer long")?.IsFresh, verdicts.Find(2, "Bearer long")?.IsFresh, verdicts.Find(1, "Bearer other")?.IsFresh));

        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal((false, false), (verdicts.Find(1, "Bearer long")?.IsFresh, verdicts.Find(1, "Bearer short")?.IsFresh));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((false, null), (verdicts.Find(1, "Bearer long")?.IsFresh, verdicts.Find(1, "Bearer short")?.IsFresh));
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(verdicts.Find(1, "Bearer long"));
    }

    private async Task<HttpStatusCode> ListAsync(long user, string token, NotificationsHost? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/users/{user}/notifications") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var response = await (host ?? _host).Http.SendAsync(request, Cancel);

        return response.StatusCode;
    }

    /// <summary>Has all open streams judged again.</summary>
    private async Task GuardAsync()
    {
        await _clock.WaitForTimersAsync(s_fresh, count: 1, Cancel);
        var before = _clock.Count(s_fresh);
        _clock.Advance(s_fresh);
        await _clock.WaitForTimersAsync(s_fresh, before + 1, Cancel);
    }

    /// <summary>A stream that ended: it gets nothing more, and its client reads the end.</summary>
    private static async Task EndedAsync(HttpResponseMessage stream)
    {
        await using var body = await stream.Content.ReadAsStreamAsync(Cancel);
        await body.CopyToAsync(Stream.Null, Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    private static async Task AssertOpenAsync(NotificationsHost host, HttpResponseMessage stream, long user)
    {
        var next = TestEvents.Analyzed(user);
        await host.PublishAsync(next, Cancel);
        var lines = new StreamReader(await stream.Content.ReadAsStreamAsync(Cancel));

        while (await lines.ReadLineAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel) is { } line)
        {
            if (line.Contains(next.EventId.ToString(), StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail("The stream has ended.");
    }
}
