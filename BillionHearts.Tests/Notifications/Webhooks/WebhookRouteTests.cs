using System.Net;
using System.Text.Json;

namespace BillionHearts.Tests.Notifications.Webhooks;

/// <summary>What owners and others may do with webhooks, and what is refused.</summary>
[Collection(typeof(WebhookService))]
public sealed class WebhookRouteTests(WebhooksFixture fixture)
{
    private const string Url = "https://127.0.0.1/hooks";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_is_created_listed_changed_and_deleted()
    {
        var client = fixture.NewClient();
        var (id, secret) = await client.CreateAsync(Url, Cancel, "image.analyzed", "image.failed");

        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", secret);
        var listed = (await client.GetAsync("", Cancel))[0];
        Assert.Equal((id, Url, true), (listed.GetProperty("id").GetInt64(), listed.GetProperty("url").GetString(), listed.GetProperty("is_enabled").GetBoolean()));
        Assert.Equal("""["image.analyzed","image.failed"]""", listed.GetProperty("events").GetRawText());

        var (status, changed, _) = await client.CallAsync("PATCH", $"/{id}", """{"events": ["*"], "is_enabled": false}""", Cancel);
        Assert.Equal((HttpStatusCode.OK, "*", "owner"), (status, changed.GetProperty("events")[0].GetString(), changed.GetProperty("disabled_reason").GetString()));
        Assert.Equal(Url, changed.GetProperty("url").GetString());

        Assert.Equal(HttpStatusCode.NoContent, (await client.CallAsync("DELETE", $"/{id}", null, Cancel)).Status);
        Assert.Equal(0, (await client.GetAsync("", Cancel)).GetArrayLength());
        await AssertProblemAsync(client.CallAsync("GET", $"/{id}", null, Cancel), HttpStatusCode.NotFound, "webhook-not-found", "Webhook not found");
    }

    [Fact]
    public async Task The_secret_is_shown_once_and_not_stored_as_it_is()
    {
        var client = fixture.NewClient();
        var (id, secret) = await client.CreateAsync(Url, Cancel);

        Assert.DoesNotContain("whsec_", (await client.GetAsync("", Cancel)).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_", (await client.GetAsync($"/{id}", Cancel)).ToString(), StringComparison.Ordinal);
        var stored = await fixture.Host.Database.ScalarAsync<byte[]>($"SELECT secret FROM webhook_endpoints WHERE id = {id}", Cancel);
        Assert.True(stored.AsSpan().IndexOf(Convert.FromBase64String(secret["whsec_".Length..])) < 0);
    }

    [Fact]
    public async Task Another_user_has_none_of_a_users_webhooks_and_deliveries()
    {
        var (owner, other) = (fixture.NewClient(), fixture.NewClient());
        var (id, _) = await owner.CreateAsync(fixture.Receiver.Url("own"), Cancel);
        await owner.CallAsync("POST", $"/{id}/test", null, Cancel);
        var delivery = (await owner.DeliveryAsync(id, "delivered", Cancel)).GetProperty("id").GetInt64();

        Assert.Equal(0, (await other.GetAsync("", Cancel)).GetArrayLength());
        (string Method, string Path, object? Body)[] calls =
        [
            ("GET", $"/{id}", null), ("PATCH", $"/{id}", new { is_enabled = false }), ("DELETE", $"/{id}", null), ("POST", $"/{id}/secret", null),
            ("POST", $"/{id}/test", null), ("GET", $"/{id}/deliveries", null), ("GET", $"/{id}/deliveries/{delivery}", null), ("POST", $"/{id}/deliveries/{delivery}/redeliver", null),
        ];

        foreach (var (method, path, body) in calls)
        {
            await AssertProblemAsync(other.CallAsync(method, path, body, Cancel), HttpStatusCode.NotFound, "webhook-not-found", "Webhook not found");
            await AssertProblemAsync(owner.CallAsync(method, path, body, Cancel, token: "403"), HttpStatusCode.Forbidden, "not-owner", "Not authorized");
            await AssertProblemAsync(owner.CallAsync(method, path, body, Cancel, token: "401"), HttpStatusCode.Unauthorized, "invalid-token", "Could not validate");
        }

        Assert.True((await owner.GetAsync($"/{id}", Cancel)).GetProperty("is_enabled").GetBoolean());
    }

    [Fact]
    public async Task A_user_that_does_not_exist_has_no_webhooks() => await AssertProblemAsync(
        new WebhookClient(fixture.Host.Http, 1001).CallAsync("POST", "", new { url = Url }, Cancel), HttpStatusCode.NotFound, "user-not-found", "User not found");

    [Theory]
    [InlineData("""{}""", "url", "url is required")]
    [InlineData("""{"url": 7}""", "url", "must be a string")]
    [InlineData("""{"url": "http://hooks.example.com/"}""", "url", "must begin with https://, not http://")]
    [InlineData("""{"url": "https://10.0.0.1/"}""", "url", "public address, which '10.0.0.1' does not")]
    [InlineData("""{"url": "https://hooks.example.com:22/"}""", "url", "443 or 8443, not 22")]
    [InlineData("""{"url": "https://127.0.0.1/", "events": ["image.eaten"]}""", "events[0]", "not 'image.eaten'")]
    [InlineData("""{"url": "https://127.0.0.1/", "events": []}""", "events", "types of events")]
    [InlineData("""{"url": "https://127.0.0.1/", "secret": "x"}""", "secret", "The fields are url, events")]
    [InlineData("""{"url": "https://127.0.0.1/", "url": "https://127.0.0.1/"}""", "url", "more than once")]
    [InlineData("""{"url": "\ud800"}""", "url", "must be a string")]
    public async Task An_invalid_field_is_refused_with_its_name_and_value(string body, string field, string detail)
    {
        var problem = await AssertProblemAsync(fixture.NewClient().CallAsync("POST", "", body, Cancel), HttpStatusCode.UnprocessableEntity, "invalid-fields", detail);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task An_address_of_8_KB_is_refused_with_its_length() => await AssertProblemAsync(
        fixture.NewClient().CallAsync("POST", "", new { url = $"https://127.0.0.1/{new string('a', 8174)}" }, Cancel),
        HttpStatusCode.UnprocessableEntity, "invalid-fields", "at most 2048 characters, not 8192");

    [Fact]
    public async Task A_body_that_is_no_JSON_or_too_large_is_refused()
    {
        await AssertProblemAsync(fixture.NewClient().CallAsync("POST", "", "not json", Cancel), HttpStatusCode.UnprocessableEntity, "malformed-json", "line 1");
        await AssertProblemAsync(fixture.NewClient().CallAsync("POST", "", "[]", Cancel), HttpStatusCode.UnprocessableEntity, "malformed-json", "JSON object");
        await AssertProblemAsync(fixture.NewClient().CallAsync("POST", "", null, Cancel), HttpStatusCode.UnsupportedMediaType, "unsupported-content-type", "application/json");
        await AssertProblemAsync(
            fixture.NewClient().CallAsync("POST", "", new { url = new string('a', 20_000) }, Cancel), HttpStatusCode.RequestEntityTooLarge, "body-too-large", "16384 bytes");
    }

    [Fact]
    public async Task One_webhook_too_many_is_refused_even_when_all_are_created_at_once()
    {
        var client = fixture.NewClient();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.CallAsync("POST", "", new { url = Url }, Cancel)));

        Assert.Equal(3, answers.Count(answer => answer.Status is HttpStatusCode.OK));
        Assert.All(answers.Where(answer => answer.Status is not HttpStatusCode.OK), answer => Assert.Equal(HttpStatusCode.TooManyRequests, answer.Status));
        await AssertProblemAsync(client.CallAsync("POST", "", new { url = Url }, Cancel), HttpStatusCode.TooManyRequests, "too-many-webhooks", "3 webhooks");
    }

    [Theory]
    [InlineData("overlap=-1", "0 to 604800, not '-1'")]
    [InlineData("overlap=604801", "0 to 604800, not '604801'")]
    public async Task An_overlap_beyond_a_week_is_refused(string query, string detail)
    {
        var client = fixture.NewClient();
        var (id, _) = await client.CreateAsync(Url, Cancel);

        await AssertProblemAsync(client.CallAsync("POST", $"/{id}/secret?{query}", null, Cancel), HttpStatusCode.UnprocessableEntity, "invalid-fields", detail);
    }

    [Theory]
    [InlineData("limit=0", "1 to 100, not '0'")]
    [InlineData("limit=101", "1 to 100, not '101'")]
    [InlineData("cursor=x", "not 'x'")]
    [InlineData("state=lost", "pending, delivered, failed, canceled, not 'lost'")]
    public async Task A_page_that_cannot_be_is_refused(string query, string detail)
    {
        var client = fixture.NewClient();
        var (id, _) = await client.CreateAsync(Url, Cancel);

        await AssertProblemAsync(client.CallAsync("GET", $"/{id}/deliveries?{query}", null, Cancel), HttpStatusCode.UnprocessableEntity, "invalid-fields", detail);
    }

    [Fact]
    public async Task Nothing_is_sent_by_hand_to_a_disabled_webhook()
    {
        var client = fixture.NewClient();
        var (id, _) = await client.CreateAsync(Url, Cancel);
        await client.CallAsync("PATCH", $"/{id}", new { is_enabled = false }, Cancel);

        await AssertProblemAsync(client.CallAsync("POST", $"/{id}/test", null, Cancel), HttpStatusCode.Conflict, "webhook-disabled", "is disabled");
    }

    private static async Task<JsonElement> AssertProblemAsync(
        Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> calling, HttpStatusCode status, string slug, string detail)
    {
        var (answered, problem, _) = await calling;

        Assert.Equal((status, $"https://billionhearts.dev/problems/{slug}"), (answered, problem.GetProperty("type").GetString()));
        Assert.Contains(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);

        return problem;
    }
}
