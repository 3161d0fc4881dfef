using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BillionHearts.Api.Accounts.SignIn;
using BillionHearts.Tests.Api;
using Microsoft.AspNetCore.Identity;

namespace BillionHearts.Tests.Access;

/// <summary><c>POST /token</c>. Each test has a client address of its own, in the header that the gateway sets.</summary>
[Collection(typeof(GuardedApi))]
public sealed class SignInTests(AccessFixture fixture)
{
    private static int s_addresses;

    private readonly string _address = NewAddress();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_username_and_password_give_a_token_that_works_for_half_an_hour()
    {
        var (id, name, password) = await fixture.NewUserAsync(Cancel);
        using var response = await SignInAsync(name, password);
        var body = await ApiHost.JsonAsync(response, Cancel);

        Assert.Equal((200, "bearer", 1800), ((int)response.StatusCode, body.GetProperty("token_type").GetString(), body.GetProperty("expires_in").GetInt32()));
        Assert.True(response.Headers.CacheControl!.NoStore);
        var token = body.GetProperty("access_token").GetString();
        Assert.Equal(404, (await fixture.CallAsync(HttpMethod.Get, $"/users/{id}/images", null, token, Cancel)).Status);
        Assert.Equal(403, (await fixture.CallAsync(HttpMethod.Get, $"/users/{fixture.Ann.Id}/images", null, token, Cancel)).Status);
    }

    [Fact]
    public async Task Every_failed_sign_in_has_the_same_answer_whatever_the_reason()
    {
        var disabled = await fixture.NewUserAsync(Cancel);
        var without = await fixture.NewUserAsync(Cancel);
        await fixture.Host.Database.ExecuteAsync($"UPDATE users SET disabled_at = now() WHERE id = {disabled.Id}", Cancel);
        await fixture.Host.Database.ExecuteAsync($"UPDATE users SET password_hash = NULL WHERE id = {without.Id}", Cancel);

        foreach (var (name, password) in new[] { (fixture.Ann.Name, "wrong"), ("nobody", "wrong"), (disabled.Name, disabled.Password), (without.Name, without.Password) })
        {
            using var response = await SignInAsync(name, password);
            Assert.Equal(401, (int)response.StatusCode);
            Assert.Equal("Bearer", $"{response.Headers.WwwAuthenticate}");
            Assert.Equal("Incorrect username or password", (await ApiHost.JsonAsync(response, Cancel)).GetProperty("detail").GetString());
        }
    }

    [Fact]
    public async Task Five_failures_a_minute_lock_an_account_except_where_its_owner_signed_in()
    {
        var clock = new ManualClock();
        await using var host = await ApiHost.StartAsync(fixture.App, clock, Cancel);
        var (name, password) = ("ann", "a password of ann");
        using var created = await host.Http.PostAsJsonAsync("/users/", new { username = name, password }, Cancel);
        Assert.Equal(200, await StatusAsync(name, password, host: host));

        for (var i = 0; i < SignInLimits.PerAccount; i++)
        {
            Assert.Equal(401, await StatusAsync(name, "wrong", NewAddress(), host));
        }

        using var refused = await SignInAsync(name, password, NewAddress(), host);
        Assert.Equal(429, (int)refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(200, await StatusAsync(name, password, host: host));

        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, await StatusAsync(name, password, NewAddress(), host));
    }

    [Fact]
    public async Task One_address_has_twenty_sign_in_attempts_a_minute_for_all_usernames()
    {
        await using var host = await ApiHost.StartAsync(fixture.App, new ManualClock(), Cancel);
        var statuses = new List<int>();

        for (var i = 0; i < SignInLimits.PerAddress + 3; i++)
        {
            statuses.Add(await StatusAsync($"nobody-{i}", "wrong", host: host));
        }

        Assert.Equal([.. Enumerable.Repeat(401, SignInLimits.PerAddress), 429, 429, 429], statuses);
        Assert.Equal(401, await StatusAsync("nobody", "wrong", NewAddress(), host));
    }

    [Fact]
    public async Task Most_of_many_simultaneous_sign_ins_are_told_to_retry_later()
    {
        var statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => StatusAsync($"crowd-{i}", "wrong", NewAddress())));

        Assert.All(statuses, status => Assert.True(status is 401 or 429, $"{status}"));
        Assert.InRange(statuses.Count(status => status is 429), 20, 39);
    }

    [Fact]
    public async Task A_password_is_the_same_in_either_Unicode_normalization_form()
    {
        var name = $"user-{Guid.NewGuid():n}";
        var (composed, decomposed) = ("caf\u00e9 \u212b", "cafe\u0301 A\u030a");
        var (status, _) = await fixture.CallAsync(HttpMethod.Post, "/users/", new { username = name, password = decomposed }, null, Cancel);

        Assert.Equal(200, status);
        Assert.Equal((200, 200, 401), (await StatusAsync(name, composed), await StatusAsync(name, decomposed), await StatusAsync(name, "cafe A")));
    }

    [Fact]
    public async Task A_password_may_contain_invalid_Unicode()
    {
        var name = $"user-{Guid.NewGuid():n}";
        var (status, _) = await fixture.CallAsync(HttpMethod.Post, "/users/", new { username = name, password = "a\ufffe" }, null, Cancel);

        Assert.Equal(200, status);
        Assert.Equal((200, 401), (await StatusAsync(name, "a\ufffe"), await StatusAsync(name, "a\uffff")));
    }

    [Fact]
    public async Task A_user_signs_in_with_the_name_in_any_case()
    {
        var (_, name, password) = await fixture.NewUserAsync(Cancel);

        Assert.Equal((200, 401), (await StatusAsync(name.ToUpperInvariant(), password), await StatusAsync(name.ToUpperInvariant(), "wrong")));
    }

    [Fact]
    public async Task Attempts_at_other_spellings_of_a_name_count_for_one_account()
    {
        var (_, name, password) = await fixture.NewUserAsync(Cancel);

        for (var i = 0; i < SignInLimits.PerAccount; i++)
        {
            Assert.Equal(401, await StatusAsync(i % 2 is 0 ? name : name.ToUpperInvariant(), "wrong", NewAddress()));
        }

        Assert.Equal(429, await StatusAsync(name.ToUpperInvariant(), password, NewAddress()));
    }

    [Fact]
    public async Task Users_whose_names_differed_in_case_before_keep_their_accounts_apart()
    {
        var (_, name, password) = await fixture.NewUserAsync(Cancel);
        var other = await fixture.NewUserAsync(Cancel);
        await fixture.Host.Database.ExecuteAsync(
            $"UPDATE users SET username = '{name.ToUpperInvariant()}', normalized_username = NULL WHERE id = {other.Id}", Cancel);

        Assert.Equal((200, 200), (await StatusAsync(name, password), await StatusAsync(name.ToUpperInvariant(), other.Password)));
        Assert.Equal(401, await StatusAsync(name, other.Password));
    }

    [Fact]
    public void Sign_ins_that_were_refused_for_load_do_not_count_against_the_account()
    {
        using var limits = new SignInLimits(TimeProvider.System);

        for (var i = 0; i < 3 * SignInLimits.PerAccount; i++)
        {
            Assert.Null(limits.Begin("ann", $"192.0.2.{i}"));
            limits.NotChecked("ann", $"192.0.2.{i}");
        }

        Assert.All(Enumerable.Range(0, SignInLimits.PerAccount), i => Assert.Null(limits.Begin("ann", $"198.51.100.{i}")));
        Assert.NotNull(limits.Begin("ann", "198.51.100.99"));
    }

    [Theory]
    [InlineData("application/json", "{}", 415, "application/json")]
    [InlineData("application/x-www-form-urlencoded", "", 422, "username")]
    [InlineData("application/x-www-form-urlencoded", "username=a", 422, "password")]
    [InlineData("application/x-www-form-urlencoded", "username=a&username=b&password=c", 422, "more than once")]
    [InlineData("application/x-www-form-urlencoded", "username=a&password=b&grant_type=client_credentials", 422, "client_credentials")]
    [InlineData("application/x-www-form-urlencoded", "username=a%00&password=b", 422, "NUL")]
    [InlineData("application/x-www-form-urlencoded", "a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q&username=a&password=b", 422, "fields")]
    public async Task A_malformed_sign_in_is_refused_and_names_the_fault(string type, string body, int status, string named)
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue(type));
        using var response = await fixture.Host.Http.PostAsync("/token", content, Cancel);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(named, await response.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task A_password_of_a_megabyte_is_refused_before_it_is_hashed()
    {
        using var content = new FormUrlEncodedContent([new("username", "a"), new("password", new string('x', 1_000_000))]);
        using var tooLarge = await fixture.Host.Http.PostAsync("/token", content, Cancel);
        using var tooLong = await SignInAsync("a", new string('x', 129));

        Assert.Equal((413, 422), ((int)tooLarge.StatusCode, (int)tooLong.StatusCode));
        Assert.Contains("128 characters, not 129", await tooLong.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Registration_needs_a_password_where_tokens_are_required()
    {
        var (status, body) = await fixture.CallAsync(HttpMethod.Post, "/users", new { username = "passwordless" }, null, Cancel);
        Assert.Equal((422, "password is required."), (status, body.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task A_weaker_password_hash_is_replaced_when_its_owner_signs_in()
    {
        var (id, name, password) = await fixture.NewUserAsync(Cancel);
        var weak = new PasswordHasher<object>(Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = 1000 })).HashPassword(name, password);
        await fixture.Host.Database.ExecuteAsync($"UPDATE users SET password_hash = '{weak}' WHERE id = {id}", Cancel);

        Assert.Equal(200, await StatusAsync(name, password));
        var kept = await fixture.Host.Database.ScalarAsync<string>($"SELECT password_hash FROM users WHERE id = {id}", Cancel);
        Assert.NotEqual(weak, kept);
        Assert.Equal(200, await StatusAsync(name, password));
    }

    [Fact]
    public async Task The_audit_trail_shows_the_owner_successful_and_failed_sign_ins()
    {
        var (id, name, password) = await fixture.NewUserAsync(Cancel);
        var stranger = NewAddress();
        await StatusAsync(name, "wrong", stranger);
        await StatusAsync(name, password);

        var (_, audit) = await fixture.CallAsync(HttpMethod.Get, $"/users/{id}/audit", null, fixture.Tokens.For(id), Cancel);
        Assert.Equal([("sign_in", _address), ("sign_in_failed", stranger)], audit.EnumerateArray().Select(Entry));
        Assert.DoesNotContain("wrong", $"{audit}");

        static (string?, string?) Entry(JsonElement entry) => (entry.GetProperty("action").GetString(), entry.GetProperty("address").GetString());
    }

    private static string NewAddress() => $"192.0.2.{Interlocked.Increment(ref s_addresses)}";

    private async Task<int> StatusAsync(string name, string password, string? address = null, ApiHost? host = null)
    {
        using var response = await SignInAsync(name, password, address, host);
        return (int)response.StatusCode;
    }

    private async Task<HttpResponseMessage> SignInAsync(string name, string password, string? address = null, ApiHost? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/token")
        {
            Content = new FormUrlEncodedContent([new("username", name), new("password", password), new("grant_type", "password")]),
        };
        request.Headers.Add("X-Forwarded-For", address ?? _address);
        return await (host ?? fixture.Host).Http.SendAsync(request, Cancel);
    }
}
