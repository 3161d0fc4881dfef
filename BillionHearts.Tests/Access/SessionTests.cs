using System.Text.Json;
using BillionHearts.Api.Accounts.Sessions;
using BillionHearts.Api.Platform.Work;
using BillionHearts.ServiceDefaults.Work;
using BillionHearts.Tests.Api;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BillionHearts.Tests.Access;

/// <summary>Sign-ins that last. Each test has a client address of its own, in the header that the gateway sets.</summary>
[Collection(typeof(GuardedApi))]
public sealed class SessionTests(AccessFixture fixture)
{
    private static int s_addresses;

    private readonly string _address = $"198.51.100.{Interlocked.Increment(ref s_addresses)}";

    /// <summary>The user of the last session that the test opened.</summary>
    private (string Name, string Password) _lastUser;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_gives_access_tokens_until_its_owner_ends_it()
    {
        var (user, secret, token) = await OpenAsync("Chromium on Linux");
        var (status, renewed) = await RefreshAsync(secret);
        var fresh = renewed.GetProperty("access_token").GetString();

        Assert.Equal((200, "bearer", 1800), (status, renewed.GetProperty("token_type").GetString(), renewed.GetProperty("expires_in").GetInt32()));
        Assert.False(renewed.TryGetProperty("refresh_token", out _));
        var session = Assert.Single(await ListAsync(user, fresh!));
        Assert.Equal(
            ("Chromium on Linux", _address, true), (session.GetProperty("client").GetString(), session.GetProperty("address").GetString(), session.GetProperty("current").GetBoolean()));
        Assert.Equal($"{session.GetProperty("id")}", new JsonWebToken(token).GetClaim("sid").Value);

        var (ended, _) = await fixture.CallAsync(HttpMethod.Delete, $"/users/{user}/sessions/{session.GetProperty("id")}", null, fresh, Cancel);
        var (refused, problem) = await RefreshAsync(secret);
        Assert.Equal((200, 400), (ended, refused));
        Assert.EndsWith("/invalid-grant", problem.GetProperty("type").GetString());
        Assert.Empty(await ListAsync(user, fresh!));
        Assert.Equal(404, (await fixture.CallAsync(HttpMethod.Delete, $"/users/{user}/sessions/{session.GetProperty("id")}", null, fresh, Cancel)).Status);
    }

    [Fact]
    public async Task A_sign_in_without_offline_access_opens_no_session()
    {
        var (id, name, password) = await fixture.NewUserAsync(Cancel);
        var (status, answer) = await SendAsync(("username", name), ("password", password), ("scope", "images:read"), ("client", "ignored"));

        Assert.Equal(200, status);
        Assert.Equal(["access_token", "token_type", "expires_in"], answer.EnumerateObject().Select(field => field.Name));
        Assert.Empty(await ListAsync(id, answer.GetProperty("access_token").GetString()!));
    }

    [Fact]
    public async Task A_session_secret_is_43_characters_and_only_its_hash_is_kept()
    {
        var (user, secret, token) = await OpenAsync(null);

        Assert.Matches("^[A-Za-z0-9_-]{43}$", secret);
        Assert.Equal(0, await fixture.Host.Database.ScalarAsync<long>($"SELECT count(*) FROM sessions s WHERE s::text LIKE '%{secret}%'", Cancel));
        Assert.DoesNotContain(secret, $"{(await fixture.CallAsync(HttpMethod.Get, $"/users/{user}/sessions", null, token, Cancel)).Body}");
        Assert.Equal(401, (await fixture.CallAsync(HttpMethod.Get, $"/users/{user}/sessions", null, secret, Cancel)).Status);
    }

    [Fact]
    public async Task A_session_lasts_thirty_days_from_its_last_use()
    {
        var (user, secret, token) = await OpenAsync(null);
        Assert.Equal("30 days", await LeftAsync(user));
        var before = (await ListAsync(user, token))[0].GetProperty("last_used_at").GetString();

        // Within a minute a use is not recorded.
        await RefreshAsync(secret);
        Assert.Equal(before, (await ListAsync(user, token))[0].GetProperty("last_used_at").GetString());

        await fixture.Host.Database.ExecuteAsync($"UPDATE sessions SET last_used_at = last_used_at - interval '29 days', expires_at = expires_at - interval '29 days' WHERE user_id = {user}", Cancel);
        Assert.Equal(200, (await RefreshAsync(secret)).Status);
        Assert.Equal("30 days", await LeftAsync(user));
        Assert.True((await ListAsync(user, token))[0].GetProperty("last_used_at").GetDateTime() > DateTime.Parse(before!, null, System.Globalization.DateTimeStyles.AdjustToUniversal));
    }

    [Fact]
    public async Task An_expired_session_is_refused_and_later_removed()
    {
        var (user, secret, token) = await OpenAsync(null);
        await fixture.Host.Database.ExecuteAsync($"UPDATE sessions SET expires_at = now() - interval '1 s' WHERE user_id = {user}", Cancel);

        Assert.Equal(400, (await RefreshAsync(secret)).Status);
        Assert.Empty(await ListAsync(user, token));

        await fixture.Host.CallAsync<Retention, NextRun>(retention => retention.RunAsync(Cancel));
        Assert.Equal(0, await fixture.Host.Database.ScalarAsync<long>($"SELECT count(*) FROM sessions WHERE user_id = {user}", Cancel));
    }

    [Theory]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 400, "Sign in again")]
    [InlineData("short", 400, "Sign in again")]
    [InlineData("", 422, "refresh_token is required")]
    public async Task A_refresh_token_that_is_not_valid_is_refused(string secret, int expected, string named)
    {
        var (status, problem) = await RefreshAsync(secret);

        Assert.Equal(expected, status);
        Assert.Contains(named, problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task The_session_of_a_disabled_user_is_refused()
    {
        var (user, secret, _) = await OpenAsync(null);
        await fixture.Host.Database.ExecuteAsync($"UPDATE users SET disabled_at = now() WHERE id = {user}", Cancel);

        Assert.Equal(400, (await RefreshAsync(secret)).Status);
    }

    [Fact]
    public async Task The_oldest_session_ends_when_a_user_opens_more_than_the_limit()
    {
        var (user, first, token) = await OpenAsync("first");
        await fixture.Host.Database.ExecuteAsync(
            $"""
            INSERT INTO sessions (user_id, client, hash, last_used_at, expires_at)
            SELECT {user}, 'next', sha256(('{user}-' || n)::bytea), now(), now() + interval '1 day' FROM generate_series(2, {SessionStore.MaxSessions}) AS n
            """,
            Cancel);
        Assert.Equal(200, (await RefreshAsync(first)).Status);

        var (name, password) = _lastUser;
        await SendAsync(("username", name), ("password", password), ("scope", "offline_access"));

        var sessions = await ListAsync(user, token);
        Assert.Equal(SessionStore.MaxSessions, sessions.Count);
        Assert.DoesNotContain("first", sessions.Select(session => session.GetProperty("client").GetString()));
        Assert.Equal(400, (await RefreshAsync(first)).Status);
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_another_user()
    {
        var (user, secret, token) = await OpenAsync(null);
        var id = (await ListAsync(user, token))[0].GetProperty("id");

        Assert.Equal(404, (await fixture.CallAsync(HttpMethod.Delete, $"/users/{fixture.Ann.Id}/sessions/{id}", null, fixture.Ann.Token, Cancel)).Status);
        Assert.Equal(200, (await RefreshAsync(secret)).Status);
    }

    [Fact]
    public async Task Only_the_callers_own_session_is_the_current_one()
    {
        var (user, _, token) = await OpenAsync("one");
        var (name, password) = _lastUser;
        await SendAsync(("username", name), ("password", password), ("scope", "openid offline_access"), ("client", "two"));

        Assert.Equal([("one", true), ("two", false)], Currents(await ListAsync(user, token)));
        Assert.Equal([("one", false), ("two", false)], Currents(await ListAsync(user, fixture.Tokens.For(user))));

        static IEnumerable<(string?, bool)> Currents(List<JsonElement> sessions) =>
            sessions.Select(session => (session.GetProperty("client").GetString(), session.GetProperty("current").GetBoolean()));
    }

    [Fact]
    public async Task The_audit_trail_shows_which_sessions_were_opened_and_ended()
    {
        var (user, _, token) = await OpenAsync(null);
        var id = (await ListAsync(user, token))[0].GetProperty("id").GetInt64();
        await fixture.CallAsync(HttpMethod.Delete, $"/users/{user}/sessions/{id}", null, token, Cancel);

        var (_, audit) = await fixture.CallAsync(HttpMethod.Get, $"/users/{user}/audit", null, token, Cancel);
        Assert.Equal(
            [("session_ended", id), ("session_opened", id), ("sign_in", null)],
            audit.EnumerateArray().Select(entry => (entry.GetProperty("action").GetString()!, entry.GetProperty("subject") is { ValueKind: JsonValueKind.Number } subject ? subject.GetInt64() : (long?)null)));
    }

    [Fact]
    public async Task The_name_of_a_client_has_at_most_a_hundred_characters()
    {
        var (status, problem) = await SendAsync(("username", "a"), ("password", "b"), ("scope", "offline_access"), ("client", new string('c', 101)));

        Assert.Equal((422, "client must have at most 100 characters, not 101."), (status, problem.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task Where_tokens_are_required_nobody_signs_in_by_name_or_lists_users()
    {
        var (status, problem) = await SendAsync(("grant_type", "development"), ("username", fixture.Ann.Name), ("password", "any"));
        var (list, _) = await fixture.CallAsync(HttpMethod.Get, "/users", null, fixture.Ann.Token, Cancel);

        Assert.Equal((422, "grant_type must be one of password, refresh_token, not 'development'."), (status, problem.GetProperty("detail").GetString()));
        Assert.Equal(405, list);
    }

    /// <summary>A new user with a session, its secret and its first access token.</summary>
    private async Task<(long User, string Secret, string Token)> OpenAsync(string? client)
    {
        var (id, name, password) = await fixture.NewUserAsync(Cancel);
        _lastUser = (name, password);
        (string, string)[] fields = [("username", name), ("password", password), ("scope", "offline_access"), .. client is null ? [] : new[] { ("client", client) }];
        var (status, answer) = await SendAsync(fields);
        Assert.True(status is 200, $"{answer}");

        return (id, answer.GetProperty("refresh_token").GetString()!, answer.GetProperty("access_token").GetString()!);
    }

    private Task<(int Status, JsonElement Body)> RefreshAsync(string secret) => SendAsync(("grant_type", "refresh_token"), ("refresh_token", secret));

    private async Task<(int Status, JsonElement Body)> SendAsync(params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/token")
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        request.Headers.Add("X-Forwarded-For", _address);
        using var response = await fixture.Host.Http.SendAsync(request, Cancel);

        return ((int)response.StatusCode, await ApiHost.JsonAsync(response, Cancel));
    }

    private async Task<List<JsonElement>> ListAsync(long user, string token)
    {
        var (status, list) = await fixture.CallAsync(HttpMethod.Get, $"/users/{user}/sessions", null, token, Cancel);
        Assert.Equal(200, status);

        return [.. list.EnumerateArray()];
    }

    private Task<string> LeftAsync(long user) => fixture.Host.Database.ScalarAsync<string>(
        $"SELECT extract(day FROM expires_at - last_used_at) || ' days' FROM sessions WHERE user_id = {user}", Cancel)!;
}
