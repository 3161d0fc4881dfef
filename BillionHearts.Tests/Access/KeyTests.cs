using System.Text.Json;

namespace BillionHearts.Tests.Access;

[Collection(typeof(GuardedApi))]
public sealed class KeyTests(AccessFixture fixture)
{
    private static readonly string[] s_read = ["images:read"];
    private static readonly string[] s_both = ["images:read", "images:write"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_acts_for_its_user_until_it_is_revoked()
    {
        var key = await CreateAsync(fixture.Ann, new { name = "backup", scopes = s_read });
        var secret = key.GetProperty("key").GetString();
        Assert.Equal(200, await ReadAsync(secret));

        var (revoked, _) = await fixture.CallAsync(HttpMethod.Delete, $"/users/{fixture.Ann.Id}/keys/{key.GetProperty("id")}", null, fixture.Ann.Token, Cancel);
        Assert.Equal((200, 401), (revoked, await ReadAsync(secret)));
    }

    [Fact]
    public async Task A_key_is_shown_once_and_only_its_hash_is_kept()
    {
        var key = await CreateAsync(fixture.Ann, new { name = "shown once", scopes = s_read, expires_in = 3600 });
        var secret = key.GetProperty("key").GetString()!;
        var (_, list) = await fixture.CallAsync(HttpMethod.Get, $"/users/{fixture.Ann.Id}/keys", null, fixture.Ann.Token, Cancel);

        Assert.Contains("shown once", $"{list}");
        Assert.DoesNotContain(secret, $"{list}");
        Assert.Equal(0, await fixture.Host.Database.ScalarAsync<long>($"SELECT count(*) FROM api_keys k WHERE k::text LIKE '%{secret}%'", Cancel));
        Assert.Equal(3600, (key.GetProperty("expires_at").GetDateTime() - key.GetProperty("created_at").GetDateTime()).TotalSeconds);
    }

    [Fact]
    public async Task An_expired_or_unknown_key_and_that_of_a_disabled_user_are_401()
    {
        var expired = await CreateAsync(fixture.Ann, new { name = "expired", scopes = s_read, expires_in = 60 });
        await fixture.Host.Database.ExecuteAsync($"UPDATE api_keys SET expires_at = now() - interval '1 s' WHERE id = {expired.GetProperty("id")}", Cancel);
        var other = await fixture.NewUserAsync(Cancel);
        var (_, disabled) = await fixture.CallAsync(HttpMethod.Post, $"/users/{other.Id}/keys", new { name = "mine", scopes = s_read }, fixture.Tokens.For(other.Id), Cancel);
        await fixture.Host.Database.ExecuteAsync($"UPDATE users SET disabled_at = now() WHERE id = {other.Id}", Cancel);

        Assert.Equal(401, await ReadAsync(expired.GetProperty("key").GetString()));
        Assert.Equal(401, await ReadAsync("bhk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
        Assert.Equal(401, await ReadAsync(disabled.GetProperty("key").GetString()));
    }

    [Fact]
    public async Task Other_services_learn_when_a_key_expires()
    {
        var key = await CreateAsync(fixture.Ann, new { name = "an hour", scopes = s_read, expires_in = 3600 });

        var (_, judged) = await fixture.CallAsync(HttpMethod.Get, $"/internal/users/{fixture.Ann.Id}", null, key.GetProperty("key").GetString(), Cancel);

        Assert.InRange((key.GetProperty("expires_at").GetDateTimeOffset() - judged.GetProperty("expires_at").GetDateTimeOffset()).TotalSeconds, 0, 1);
    }

    [Fact]
    public async Task Other_services_learn_whose_credentials_are_and_what_became_of_them()
    {
        var other = await fixture.NewUserAsync(Cancel);
        var (_, key) = await fixture.CallAsync(HttpMethod.Post, $"/users/{other.Id}/keys", new { name = "listens", scopes = s_read }, fixture.Tokens.For(other.Id), Cancel);
        var id = key.GetProperty("id").GetInt64();
        var (_, byKey) = await fixture.CallAsync(HttpMethod.Get, $"/internal/users/{other.Id}", null, key.GetProperty("key").GetString(), Cancel);
        var (_, byToken) = await fixture.CallAsync(HttpMethod.Get, $"/internal/users/{other.Id}", null, fixture.Tokens.For(other.Id), Cancel);

        Assert.Equal((id, 1), (byKey.GetProperty("key_id").GetInt64(), byKey.GetProperty("scopes").GetArrayLength()));
        Assert.Equal(JsonValueKind.Null, byToken.GetProperty("key_id").ValueKind);
        Assert.Contains("account", $"{byToken.GetProperty("scopes")}");
        Assert.NotEqual(JsonValueKind.Null, byToken.GetProperty("expires_at").ValueKind);

        Assert.Equal("""["valid","valid","refused","unknown"]""", await StatesAsync());
        await fixture.CallAsync(HttpMethod.Delete, $"/users/{other.Id}/keys/{id}", null, fixture.Tokens.For(other.Id), Cancel);
        Assert.Equal("""["valid","refused","refused","unknown"]""", await StatesAsync());
        await fixture.Host.Database.ExecuteAsync($"UPDATE users SET disabled_at = now() WHERE id = {other.Id}", Cancel);
        Assert.Equal("""["refused","refused","refused","unknown"]""", await StatesAsync());

        // The user; their key; their key as if it were Ann's; nobody.
        async Task<string> StatesAsync()
        {
            object[] holders = [new { user_id = other.Id }, new { user_id = other.Id, key_id = id }, new { user_id = fixture.Ann.Id, key_id = id }, new { user_id = long.MaxValue }];
            var (_, answer) = await fixture.CallAsync(HttpMethod.Post, "/internal/holders", new { holders }, null, Cancel);
            return answer.GetProperty("holders").GetRawText();
        }
    }

    [Fact]
    public async Task A_key_cannot_make_keys_nor_see_the_audit_trail()
    {
        var key = (await CreateAsync(fixture.Ann, new { name = "all", scopes = s_both })).GetProperty("key").GetString();

        foreach (var (method, path) in new[] { (HttpMethod.Post, "keys"), (HttpMethod.Get, "keys"), (HttpMethod.Get, "audit") })
        {
            var (status, body) = await fixture.CallAsync(method, $"/users/{fixture.Ann.Id}/{path}", null, key, Cancel);
            Assert.Equal(403, status);
            Assert.Contains("account", body.GetProperty("detail").GetString());
        }
    }

    [Theory]
    [InlineData("""{"scopes":["images:read"]}""", "name")]
    [InlineData("""{"name":"a","scopes":[]}""", "scopes")]
    [InlineData("""{"name":"a","scopes":["account"]}""", "scopes[0]")]
    [InlineData("""{"name":"a","scopes":["images:read"],"expires_in":59}""", "expires_in")]
    [InlineData("""{"name":"a","scopes":["images:read"],"user_id":1}""", "user_id")]
    public async Task An_invalid_key_request_is_422_and_names_the_field(string body, string field)
    {
        var (status, problem) = await fixture.CallAsync(
            HttpMethod.Post, $"/users/{fixture.Ann.Id}/keys", JsonElement.Parse(body), fixture.Ann.Token, Cancel);

        Assert.Equal(422, status);
        Assert.Contains(field, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task A_user_can_have_fifty_keys_even_when_they_are_created_at_once()
    {
        var (id, _, _) = await fixture.NewUserAsync(Cancel);
        var token = fixture.Tokens.For(id);

        var answers = await Task.WhenAll(Enumerable.Range(0, 53).Select(i => fixture.CallAsync(
            HttpMethod.Post, $"/users/{id}/keys", new { name = $"{i}", scopes = s_read }, token, Cancel)));

        Assert.Equal((50, 3), (answers.Count(answer => answer.Status is 200), answers.Count(answer => answer.Status is 409)));
    }

    [Fact]
    public async Task The_audit_trail_shows_the_owner_what_was_done_to_keys_and_images()
    {
        var (id, _, _) = await fixture.NewUserAsync(Cancel);
        var token = fixture.Tokens.For(id);
        var (_, key) = await fixture.CallAsync(HttpMethod.Post, $"/users/{id}/keys", new { name = "k", scopes = s_read }, token, Cancel);
        await fixture.CallAsync(HttpMethod.Delete, $"/users/{id}/keys/{key.GetProperty("id")}", null, token, Cancel);
        var (_, image) = await fixture.CallAsync(
            HttpMethod.Post, "/images", new { user_id = id, original_filename = "a.jpg", width = 1, height = 1, file_size = 1, file_type = "jpeg" }, token, Cancel);
        await fixture.CallAsync(HttpMethod.Delete, $"/images/{image.GetProperty("id")}", null, token, Cancel);

        var (_, audit) = await fixture.CallAsync(HttpMethod.Get, $"/users/{id}/audit", null, token, Cancel);
        Assert.True(audit.ValueKind is JsonValueKind.Array, $"{audit}");
        Assert.Equal(
            [("image_deleted", image.GetProperty("id").GetInt64()), ("key_revoked", key.GetProperty("id").GetInt64()), ("key_created", key.GetProperty("id").GetInt64())],
            audit.EnumerateArray().Select(entry => (entry.GetProperty("action").GetString()!, entry.GetProperty("subject").GetInt64())));
        var (_, rest) = await fixture.CallAsync(HttpMethod.Get, $"/users/{id}/audit?before={audit[0].GetProperty("id")}", null, token, Cancel);
        Assert.Equal(2, rest.GetArrayLength());
    }

    private async Task<JsonElement> CreateAsync(Person person, object body)
    {
        var (status, key) = await fixture.CallAsync(HttpMethod.Post, $"/users/{person.Id}/keys", body, person.Token, Cancel);
        Assert.True(status is 200, $"{key}");
        return key;
    }

    private async Task<int> ReadAsync(string? key) => (await fixture.CallAsync(HttpMethod.Get, $"/images/{fixture.Ann.Image}", null, key, Cancel)).Status;
}
