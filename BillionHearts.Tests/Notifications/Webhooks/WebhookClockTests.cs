using System.Text.Json;
using BillionHearts.Notifications.Webhooks.Deliveries;
using BillionHearts.Tests.Distributed;
using Microsoft.AspNetCore.Http;

namespace BillionHearts.Tests.Notifications.Webhooks;

/// <summary>What happens over hours and days, on a clock that the test advances.</summary>
public sealed class WebhookClockTests(WebhookClockFixture fixture, AppHostFixture app) : IClassFixture<WebhookClockFixture>
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    private readonly ManualClock _clock = fixture.Clock;
    private readonly NotificationsHost _host = fixture.Host;
    private readonly WebhookReceiver _receiver = fixture.Receiver;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failing_delivery_is_tried_nine_times_over_24_hours_and_can_end_the_webhook()
    {
        var client = new WebhookClient(_host.Http, TestEvents.NewUser());
        _receiver.Script("failing", 500);
        var (id, _) = await client.CreateAsync(_receiver.Url("failing"), Cancel);
        await client.CallAsync("POST", $"/{id}/test", null, Cancel);
        var delivery = await WaitForAttemptsAsync(client, id, 1);

        foreach (var (index, nominal) in RetrySchedule.Delays.Index())
        {
            var due = delivery.GetProperty("next_attempt_at").GetDateTimeOffset();
            var ended = StartOf(delivery, index).AddMilliseconds(delivery.GetProperty("log")[index].GetProperty("duration_ms").GetInt32());
            Assert.InRange((due - ended) / nominal, 0.79, 1.21);

            // The clock may have passed it while the outcome was read.
            _clock.Advance(due > _clock.GetUtcNow() ? due - _clock.GetUtcNow() : TimeSpan.Zero);
            delivery = await WaitForAttemptsAsync(client, id, index + 2);
            Assert.InRange(StartOf(delivery, index + 1) - due, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        }

        Assert.Equal("failed", delivery.GetProperty("state").GetString());
        Assert.InRange(_clock.GetUtcNow() - StartOf(delivery, 0), TimeSpan.FromHours(19), TimeSpan.FromHours(29.5));
        Assert.Single(_receiver.At("failing").Select(message => message.Id).Distinct());

        // Two days without a success: the next failure is the last.
        _clock.Advance(TimeSpan.FromDays(1.5));
        await client.CallAsync("POST", $"/{id}/test", null, Cancel);
        await AdvanceUntilAsync(cancel => client.GetAsync($"/{id}", cancel), webhook => WebhookClient.Text(webhook, "disabled_reason") is "failing");
        var notice = (await _host.TakeAsync(client.User, "0", 1, Cancel))[0];
        Assert.Equal(("webhook.disabled", "failing"), (notice.Type, notice.Data.GetProperty("failure").GetProperty("reason").GetString()));
        Assert.Contains("failed for 2 days", notice.Data.GetProperty("failure").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301, "Redirects are not followed")]
    [InlineData(307, "Redirects are not followed")]
    [InlineData(404, "answered 404")]
    [InlineData(500, "answered 500")]
    public async Task An_answer_other_than_2xx_is_a_failure_that_is_repeated(int status, string error)
    {
        var (client, path, isFirst) = (new WebhookClient(_host.Http, TestEvents.NewUser()), $"repeated-{status}", true);
        _receiver.Script(path, http =>
        {
            (http.Response.StatusCode, isFirst) = (isFirst ? status : 204, false);
            http.Response.Headers.Location = _receiver.Url($"{path}-followed");

            return Task.CompletedTask;
        });
        var (id, _) = await client.CreateAsync(_receiver.Url(path), Cancel);
        await client.CallAsync("POST", $"/{id}/test", null, Cancel);

        var failed = await WaitForAttemptsAsync(client, id, 1);
        Assert.Contains(error, WebhookClient.Text(failed, "last_error"), StringComparison.Ordinal);

        var delivered = await WaitForAttemptsAsync(client, id, 2);
        Assert.Equal([status, 204], delivered.GetProperty("log").EnumerateArray().Select(attempt => attempt.GetProperty("status").GetInt32()));
        Assert.Equal("delivered", WebhookClient.Text(delivered, "state"));
        var messages = _receiver.At(path);
        Assert.Equal((messages[0].Id, messages[0].Text), (messages[1].Id, messages[1].Text));
        Assert.NotEqual(messages[0].Headers["webhook-timestamp"], messages[1].Headers["webhook-timestamp"]);
        Assert.NotEqual(messages[0].Headers["webhook-signature"], messages[1].Headers["webhook-signature"]);
        Assert.Empty(_receiver.At($"{path}-followed"));
    }

    [Theory]
    [InlineData(429, "120", 120)]
    [InlineData(503, "3600", 3600)]
    public async Task A_pause_that_the_receiver_asks_for_is_kept_for_all_its_messages(int status, string retryAfter, int seconds)
    {
        var client = new WebhookClient(_host.Http, TestEvents.NewUser());
        var (path, isBusy) = ($"busy-{status}", true);
        _receiver.Script(path, http =>
        {
            http.Response.StatusCode = isBusy ? status : 200;
            http.Response.Headers.RetryAfter = retryAfter;

            return Task.CompletedTask;
        });
        var (id, _) = await client.CreateAsync(_receiver.Url(path), Cancel);
        await client.CallAsync("POST", $"/{id}/test", null, Cancel);
        var first = await WaitForAttemptsAsync(client, id, 1);
        isBusy = false;
        var end = StartOf(first, 0).AddSeconds(seconds);
        Assert.True(first.GetProperty("next_attempt_at").GetDateTimeOffset() >= end);

        await client.CallAsync("POST", $"/{id}/test", null, Cancel);
        _clock.Advance(end - _clock.GetUtcNow() - s_tick);
        Assert.Single(_receiver.At(path));
        await AdvanceUntilAsync(_ => Task.FromResult(_receiver.At(path)), messages => messages.Count is 3);
        var log = await WaitForAttemptsAsync(client, id, 1);
        Assert.True(StartOf(log, 0) >= end);
    }

    [Fact]
    public async Task An_attempt_without_an_answer_ends_after_15_seconds()
    {
        var client = new WebhookClient(_host.Http, TestEvents.NewUser());
        _receiver.Script("silent", http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        _receiver.Script("dripping", async http =>
        {
            await http.Response.StartAsync(http.RequestAborted);
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });

        foreach (var path in new[] { "silent", "dripping" })
        {
            var (id, _) = await client.CreateAsync(_receiver.Url(path), Cancel);
            await client.CallAsync("POST", $"/{id}/test", null, Cancel);
            await _receiver.WaitAsync(path, 1, Cancel);
            _clock.Advance(TimeSpan.FromSeconds(15));

            var delivery = await WaitForAttemptsAsync(client, id, 1);
            Assert.Contains("within 15 s", delivery.GetProperty("last_error").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Deliveries_that_have_ended_leave_the_log_after_its_retention()
    {
        var client = new WebhookClient(_host.Http, TestEvents.NewUser());
        var (id, _) = await client.CreateAsync(_receiver.Url("old"), Cancel);
        await client.CallAsync("POST", $"/{id}/test", null, Cancel);
        await client.DeliveryAsync(id, "delivered", Cancel);

        _clock.Advance(TimeSpan.FromDays(7));
        await AdvanceUntilAsync(cancel => client.GetAsync($"/{id}/deliveries", cancel), page => page.GetArrayLength() is 0, step: TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_process_that_stops_gives_back_what_it_was_sending()
    {
        await using var host = await NotificationsHost.StartAsync(app, Cancel, WebhooksFixture.Settings);
        var client = new WebhookClient(host.Http, TestEvents.NewUser());
        _receiver.Script("stopped", http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        var (id, _) = await client.CreateAsync(_receiver.Url("stopped"), Cancel);
        await client.CallAsync("POST", $"/{id}/test", null, Cancel);
        await _receiver.WaitAsync("stopped", 1, Cancel);

        await host.App.StopAsync(Cancel);

        Assert.True(await host.Database.ScalarAsync<bool>(
            $"SELECT claim IS NULL AND attempts = 0 AND next_at IS NOT NULL FROM webhook_deliveries WHERE endpoint_id = {id}", Cancel));
    }

    private static DateTimeOffset StartOf(JsonElement delivery, int attempt) => delivery.GetProperty("log")[attempt].GetProperty("started_at").GetDateTimeOffset();

    /// <summary>The newest delivery, once so many of its attempts have ended.</summary>
    private Task<JsonElement> WaitForAttemptsAsync(WebhookClient client, long id, int attempts) => AdvanceUntilAsync(
        async cancel =>
        {
            var page = await client.GetAsync($"/{id}/deliveries", cancel);

            return await client.GetAsync($"/{id}/deliveries/{page[0].GetProperty("id").GetInt64()}", cancel);
        },
        delivery => delivery.GetProperty("log").GetArrayLength() >= attempts);

    /// <summary>Reads with a little time passing between, because the jobs of the service look every second.</summary>
    private Task<T> AdvanceUntilAsync<T>(Func<CancellationToken, Task<T>> read, Func<T, bool> until, TimeSpan? step = null) => Eventually.ReadAsync(
        async cancel =>
        {
            var value = await read(cancel);

            if (!until(value))
            {
                _clock.Advance(step ?? s_tick);
            }

            return value;
        },
        until,
        TimeSpan.FromSeconds(60),
        Cancel);
}

/// <summary>One service on a clock that its tests advance in turns.</summary>
public sealed class WebhookClockFixture(AppHostFixture app) : IAsyncLifetime
{
    internal ManualClock Clock { get; } = new();

    internal NotificationsHost Host { get; private set; } = null!;

    internal WebhookReceiver Receiver { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Receiver = await WebhookReceiver.StartAsync(TestContext.Current.CancellationToken);
        Host = await NotificationsHost.StartAsync(app, Clock, TestContext.Current.CancellationToken, [.. WebhooksFixture.Settings, ("Webhooks:DisableAfter", "2.00:00:00")]);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
