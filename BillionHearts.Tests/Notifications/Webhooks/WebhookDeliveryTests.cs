using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace BillionHearts.Tests.Notifications.Webhooks;

/// <summary>From an event to a receiver that does as it is told.</summary>
[Collection(typeof(WebhookService))]
public sealed class WebhookDeliveryTests(WebhooksFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private NotificationsHost Host => fixture.Host;

    private WebhookReceiver Receiver => fixture.Receiver;

    [Fact]
    public async Task An_event_arrives_signed_as_Standard_Webhooks_specifies()
    {
        var client = fixture.NewClient();
        var (id, secret) = await client.CreateAsync(Receiver.Url("signed?key=1"), Cancel);
        var sent = TestEvents.Failed(client.User);
        await Host.PublishAsync(sent, Cancel);

        var message = (await Receiver.WaitAsync("signed", 1, Cancel))[0];
        Assert.True(message.IsSignedBy(secret));
        Assert.False(message.IsSignedBy($"whsec_{Convert.ToBase64String(new byte[32])}"));
        Assert.Equal(("POST", "application/json", $"msg_{sent.EventId:n}"), (message.Method, message.Headers.ContentType.ToString(), message.Id));

        var body = JsonElement.Parse(message.Text);
        Assert.Equal(("image.failed", "2026-01-02T01:04:05Z"), (body.GetProperty("type").GetString(), body.GetProperty("timestamp").GetString()));
        var data = body.GetProperty("data");
        Assert.Equal((sent.ImageId, "corrupt"), (data.GetProperty("image_id").GetInt64(), WebhookClient.Text(data.GetProperty("failure"), "reason")));

        var delivery = await client.DeliveryAsync(id, "delivered", Cancel);
        Assert.Equal(message.Text, delivery.GetProperty("payload").GetString());
        var log = delivery.GetProperty("log")[0];
        Assert.StartsWith("POST /signed?key=1 HTTP/1.1\nHost: 127.0.0.1", log.GetProperty("request_head").GetString(), StringComparison.Ordinal);
        Assert.Contains($"webhook-signature: {message.Headers["webhook-signature"]}", log.GetProperty("request_head").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 OK\n", log.GetProperty("response_head").GetString(), StringComparison.Ordinal);
        Assert.Equal((1, 200), (log.GetProperty("number").GetInt32(), log.GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task A_webhook_gets_the_types_that_it_asked_for_of_its_owner_alone()
    {
        var (client, other) = (fixture.NewClient(), fixture.NewClient());
        await Host.PublishAsync(TestEvents.Failed(client.User), Cancel);
        await client.CreateAsync(Receiver.Url("filtered"), Cancel, "image.failed");
        await other.CreateAsync(Receiver.Url("filtered-other"), Cancel);
        var wanted = TestEvents.Failed(client.User);
        await Host.PublishAsync(TestEvents.Analyzed(client.User), Cancel);
        await Host.PublishAsync(wanted, Cancel);
        await Host.PublishAsync(TestEvents.Analyzed(other.User), Cancel);

        await Receiver.WaitAsync("filtered-other", 1, Cancel);
        var messages = await Receiver.WaitAsync("filtered", 1, Cancel);
        Assert.Contains(messages, message => message.Id == $"msg_{wanted.EventId:n}");
        Assert.All(messages, message => Assert.Contains("image.failed", message.Text, StringComparison.Ordinal));
        Assert.Single(Receiver.At("filtered-other"));
    }

    [Fact]
    public async Task Events_of_another_replica_arrive_without_its_signal()
    {
        var client = fixture.NewClient();
        await client.CreateAsync(Receiver.Url("silent"), Cancel);
        var events = Enumerable.Range(0, 450).Select(_ => TestEvents.Analyzed(client.User)).ToList();

        foreach (var one in events)
        {
            await Host.AppendAsync(one, Cancel);
        }

        var messages = await Receiver.WaitAsync("silent", events.Count, Cancel);
        Assert.Equal(events.Select(one => $"msg_{one.EventId:n}").Order(), messages.Select(message => message.Id).Order());
    }

    [Fact]
    public async Task After_a_rotation_both_secrets_sign_until_the_overlap_ends()
    {
        var client = fixture.NewClient();
        var (id, old) = await client.CreateAsync(Receiver.Url("rotated"), Cancel);
        var (_, rotated, _) = await client.CallAsync("POST", $"/{id}/secret", null, Cancel);
        var secret = rotated.GetProperty("secret").GetString()!;
        await client.CallAsync("POST", $"/{id}/test", null, Cancel);

        var both = (await Receiver.WaitAsync("rotated", 1, Cancel))[0];
        Assert.True(both.IsSignedBy(old) && both.IsSignedBy(secret));
        Assert.Equal(2, both.Headers["webhook-signature"].ToString().Split(' ').Length);
        Assert.NotNull(WebhookClient.Text(rotated, "previous_secret_until"));

        var (_, last, _) = await client.CallAsync("POST", $"/{id}/secret?overlap=0", null, Cancel);
        await client.CallAsync("POST", $"/{id}/test", null, Cancel);
        var one = (await Receiver.WaitAsync("rotated", 2, Cancel))[1];
        Assert.True(one.IsSignedBy(last.GetProperty("secret").GetString()!));
        Assert.False(one.IsSignedBy(old) || one.IsSignedBy(secret));
    }

    [Fact]
    public async Task A_webhook_that_has_moved_is_not_disabled_by_an_answer_of_its_old_address()
    {
        var client = fixture.NewClient();
        var moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Receiver.Script("old", async http =>
        {
            await moved.Task.WaitAsync(http.RequestAborted);
            http.Response.StatusCode = 410;
        });
        var (id, _) = await client.CreateAsync(Receiver.Url("old"), Cancel);
        await Host.PublishAsync(TestEvents.Analyzed(client.User), Cancel);
        await Receiver.WaitAsync("old", 1, Cancel);
        await client.CallAsync("PATCH", $"/{id}", new { url = Receiver.Url("new") }, Cancel);

        moved.SetResult();
        await client.DeliveryAsync(id, "failed", Cancel);
        await Host.PublishAsync(TestEvents.Analyzed(client.User), Cancel);

        Assert.Single(await Receiver.WaitAsync("new", 1, Cancel));
        Assert.True((await client.GetAsync($"/{id}", Cancel)).GetProperty("is_enabled").GetBoolean());
    }

    [Fact]
    public async Task A_receiver_that_answers_410_is_disabled_and_its_owner_is_told()
    {
        var client = fixture.NewClient();
        Receiver.Script("gone", 410);
        var (id, _) = await client.CreateAsync(Receiver.Url("gone"), Cancel);
        await client.CreateAsync(Receiver.Url("gone-witness"), Cancel, "webhook.disabled");
        await Host.PublishAsync(TestEvents.Analyzed(client.User), Cancel);

        var notice = (await Host.TakeAsync(client.User, "0", 2, Cancel))[1];
        Assert.Equal("webhook.disabled", notice.Type);
        Assert.Contains($"Webhook {id} (127.0.0.1) was disabled", notice.Data.GetProperty("failure").GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("webhook.disabled", (await Receiver.WaitAsync("gone-witness", 1, Cancel))[0].Text, StringComparison.Ordinal);
        Assert.Equal("gone", (await client.GetAsync($"/{id}", Cancel)).GetProperty("disabled_reason").GetString());
        Assert.Equal("failed", (await client.DeliveryAsync(id, "failed", Cancel)).GetProperty("state").GetString());

        // What happens while it is disabled is not sent later.
        await Host.PublishAsync(TestEvents.Analyzed(client.User), Cancel);
        await Host.TakeAsync(client.User, "2", 1, Cancel);
        Receiver.Script("gone", 200);
        await client.CallAsync("PATCH", $"/{id}", new { is_enabled = true }, Cancel);
        var next = TestEvents.Analyzed(client.User);
        await Host.PublishAsync(next, Cancel);
        Assert.Equal($"msg_{next.EventId:n}", (await Receiver.WaitAsync("gone", 2, Cancel))[1].Id);
    }

    [Theory]
    [InlineData("endless", "more than 65536 bytes")]
    [InlineData("bomb", "more than 65536 bytes")]
    [InlineData("header", "header of at most 16 KB")]
    [InlineData("broken", "connection")]
    public async Task An_answer_that_is_too_long_or_broken_off_is_a_failure(string path, string error)
    {
        var client = fixture.NewClient();
        Receiver.Script("endless", http => WriteAsync(http, long.MaxValue));
        Receiver.Script("bomb", http =>
        {
            // Not unpacked: the bytes count as they come.
            http.Response.Headers.ContentEncoding = "gzip";

            return WriteAsync(http, 10_000_000);
        });
        Receiver.Script("header", http =>
        {
            http.Response.Headers["x-much"] = new string('a', 30_000);

            return Task.CompletedTask;
        });
        Receiver.Script("broken", http =>
        {
            http.Abort();

            return Task.CompletedTask;
        });
        var (id, _) = await client.CreateAsync(Receiver.Url(path), Cancel);
        await client.CallAsync("POST", $"/{id}/test", null, Cancel);

        await AssertErrorAsync(client, id, error);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_a_failure()
    {
        var client = fixture.NewClient();
        var (id, _) = await client.CreateAsync(Receiver.UntrustedUrl("tls"), Cancel);
        await client.CallAsync("POST", $"/{id}/test", null, Cancel);

        await AssertErrorAsync(client, id, "certificate is not valid");
        Assert.Empty(Receiver.At("tls"));
    }

    [Fact]
    public async Task A_receiver_that_never_answers_delays_no_other_webhook()
    {
        var (slow, fast) = (fixture.NewClient(), fixture.NewClient());
        Receiver.Script("never", http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        await slow.CreateAsync(Receiver.Url("never"), Cancel);
        await fast.CreateAsync(Receiver.Url("fast"), Cancel);

        for (var i = 0; i < 100; i++)
        {
            await Host.AppendAsync(TestEvents.Analyzed(slow.User), Cancel);
        }

        await Host.PublishAsync(TestEvents.Analyzed(slow.User), Cancel);
        await Receiver.WaitAsync("never", 8, Cancel);
        await Host.PublishAsync(TestEvents.Analyzed(fast.User), Cancel);

        // Within the 15 s after which the slow ones would give up, or there would be more of them.
        await Receiver.WaitAsync("fast", 1, Cancel);
        Assert.Equal(8, Receiver.At("never").Count);
    }

    [Fact]
    public async Task A_delivery_that_a_killed_process_had_taken_is_sent_by_another()
    {
        var client = fixture.NewClient();
        Receiver.Script("killed", 500);
        var (id, _) = await client.CreateAsync(Receiver.Url("killed"), Cancel);
        await client.CallAsync("POST", $"/{id}/test", null, Cancel);
        await AssertErrorAsync(client, id, "answered 500");
        Receiver.Script("killed", 200);

        // As a process leaves it that was killed while it sent: taken, and the lease over.
        await Host.Database.ExecuteAsync($"UPDATE webhook_endpoints SET paused_until = NULL WHERE id = {id}", Cancel);
        await Host.Database.ExecuteAsync($"UPDATE webhook_deliveries SET claim = gen_random_uuid(), next_at = now() - interval '1 second' WHERE endpoint_id = {id}", Cancel);

        await client.DeliveryAsync(id, "delivered", Cancel);
    }

    [Fact]
    public async Task A_delivery_is_sent_again_on_request_with_the_same_id_and_body()
    {
        var client = fixture.NewClient();
        var (id, _) = await client.CreateAsync(Receiver.Url("again"), Cancel);
        await client.CallAsync("POST", $"/{id}/test", null, Cancel);
        var delivery = (await client.DeliveryAsync(id, "delivered", Cancel)).GetProperty("id").GetInt64();

        var (status, _, _) = await client.CallAsync("POST", $"/{id}/deliveries/{delivery}/redeliver", null, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, status);

        var messages = await Receiver.WaitAsync("again", 2, Cancel);
        Assert.Equal((messages[0].Id, messages[0].Text), (messages[1].Id, messages[1].Text));
        var again = await Eventually.ReadAsync(
            cancel => client.GetAsync($"/{id}/deliveries/{delivery}", cancel), until: found => found.GetProperty("log").GetArrayLength() is 2, TimeSpan.FromSeconds(60), Cancel);
        Assert.Equal("delivered", again.GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await client.CallAsync("POST", $"/{id}/deliveries/{long.MaxValue}/redeliver", null, Cancel)).Status);
    }

    [Fact]
    public async Task The_log_has_pages_and_can_be_narrowed_to_a_state()
    {
        var client = fixture.NewClient();
        var (id, _) = await client.CreateAsync(Receiver.Url("pages"), Cancel);

        for (var i = 0; i < 5; i++)
        {
            await Host.AppendAsync(TestEvents.Analyzed(client.User), Cancel);
        }

        await Host.PublishAsync(TestEvents.Analyzed(client.User), Cancel);
        await Eventually.ReadAsync(
            cancel => client.GetAsync($"/{id}/deliveries?state=delivered", cancel), until: page => page.GetArrayLength() is 6, TimeSpan.FromSeconds(60), Cancel);

        List<long> ids = [];
        var path = $"/{id}/deliveries?limit=4";

        while (path is not null)
        {
            var (_, page, response) = await client.CallAsync("GET", path, null, Cancel);
            ids.AddRange(page.EnumerateArray().Select(delivery => delivery.GetProperty("id").GetInt64()));
            path = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('>')[0][$"</users/{client.User}/webhooks".Length..] : null;
        }

        Assert.Equal(ids.OrderDescending().Distinct(), ids);
        Assert.Equal(6, ids.Count);
        Assert.Equal(0, (await client.GetAsync($"/{id}/deliveries?state=failed", Cancel)).GetArrayLength());
    }

    [Fact]
    public async Task Removing_a_user_removes_webhooks_deliveries_and_their_log()
    {
        var client = fixture.NewClient();
        var (id, _) = await client.CreateAsync(Receiver.Url("removed"), Cancel);
        await client.CallAsync("POST", $"/{id}/test", null, Cancel);
        var delivery = (await client.DeliveryAsync(id, "delivered", Cancel)).GetProperty("id").GetInt64();

        await Host.Database.ExecuteAsync($"DELETE FROM user_streams WHERE user_id = {client.User}", Cancel);

        Assert.Equal(0, await Host.Database.ScalarAsync<long>(
            $"SELECT (SELECT count(*) FROM webhook_endpoints WHERE id = {id}) + (SELECT count(*) FROM webhook_attempts WHERE delivery_id = {delivery})", Cancel));
    }

    private static async Task AssertErrorAsync(WebhookClient client, long id, string error)
    {
        var page = await Eventually.ReadAsync(
            cancel => client.GetAsync($"/{id}/deliveries", cancel),
            until: page => page.GetArrayLength() > 0 && WebhookClient.Text(page[0], "last_error") is not null,
            TimeSpan.FromSeconds(60),
            Cancel);

        Assert.Contains(error, page[0].GetProperty("last_error").GetString(), StringComparison.Ordinal);
    }

    private static async Task WriteAsync(HttpContext http, long bytes)
    {
        var piece = new byte[16 * 1024];

        for (var written = 0L; written < bytes; written += piece.Length)
        {
            await http.Response.Body.WriteAsync(piece, http.RequestAborted);
        }
    }
}
