using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BillionHearts.Api.Accounts.Users;
using Microsoft.AspNetCore.Identity;

namespace BillionHearts.Tests.Api;

public sealed class UserTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task An_id_that_a_caller_chose_never_prevents_the_assignment_of_another()
    {
        var last = await Host.CreateUserAsync(Cancel);

        foreach (var chosen in Enumerable.Range(1, 40).Select(n => last + n).Append(CreateUserRequest.MaxChosenId))
        {
            // Taken afterwards, whether by this or by another test before it.
            var answer = await CreateAsync(new { id = chosen, username = Name() });
            Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Conflict, $"{answer.Body}");
        }

        var first = await Host.CreateUserAsync(Cancel);
        var second = await Host.CreateUserAsync(Cancel);
        Assert.InRange(first, last + 41, CreateUserRequest.MaxChosenId - 1);
        Assert.InRange(second, first + 1, CreateUserRequest.MaxChosenId - 1);
    }

    [Fact]
    public async Task Users_created_at_once_all_get_an_id_of_their_own()
    {
        var last = await Host.CreateUserAsync(Cancel);

        var answers = await Task.WhenAll(Enumerable.Range(1, 24).Select(n => n % 2 is 0
            ? CreateAsync(new { id = last + n, username = Name() })
            : CreateAsync(new { username = Name() })));

        // A chosen id may have been assigned a moment before; an assigned one is never refused.
        Assert.All(answers.Where((_, index) => index % 2 is 0), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.All(answers.Where(answer => answer.Status is not HttpStatusCode.OK), answer => Assert.Equal("User ID already exists", answer.Detail));
        var ids = answers.Where(answer => answer.Status is HttpStatusCode.OK).Select(answer => answer.Body.GetProperty("id").GetInt64()).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public async Task An_id_or_a_name_that_is_taken_is_409_with_the_original_text()
    {
        var name = Name();
        var id = (await CreateAsync(new { username = name })).Body.GetProperty("id").GetInt64();

        Assert.Equal((HttpStatusCode.Conflict, "User ID already exists"), await RefusalAsync(new { id, username = Name() }));
        Assert.Equal((HttpStatusCode.Conflict, "Username already registered"), await RefusalAsync(new { username = name }));
    }

    [Fact]
    public async Task A_password_is_kept_as_a_hash_and_never_shown()
    {
        var created = await CreateAsync(new { username = Name(), password = "correct horse" });
        Assert.Equal(["id", "username"], created.Body.EnumerateObject().Select(property => property.Name));

        var hash = await Host.Database.ScalarAsync<string>($"SELECT password_hash FROM users WHERE id = {created.Body.GetProperty("id")}", Cancel);
        Assert.DoesNotContain("horse", hash);
        Assert.Equal(PasswordVerificationResult.Success, new PasswordHasher<User>().VerifyHashedPassword(null!, hash, "correct horse"));
    }

    [Fact]
    public async Task An_id_beyond_the_integers_of_JavaScript_is_refused_with_the_limit()
    {
        foreach (var id in new[] { CreateUserRequest.MaxChosenId + 1, long.MaxValue })
        {
            var (status, detail) = await RefusalAsync(new { id, username = Name() });

            Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
            Assert.Equal($"id must be a whole number between 1 and 9007199254740991, not {id}.", detail);
        }
    }

    [Theory]
    [InlineData("-Ann", "-ANN")]
    [InlineData("-\u00e9lan", "-\u00c9LAN")]
    [InlineData("-\uff21nn", "-ann")]
    public async Task A_username_that_differs_only_in_case_or_form_is_taken(string first, string second)
    {
        var name = Name();
        Assert.Equal(HttpStatusCode.OK, (await CreateAsync(new { username = name + first })).Status);

        Assert.Equal((HttpStatusCode.Conflict, "Username already registered"), await RefusalAsync(new { username = name + second }));
    }

    [Fact]
    public async Task Other_services_can_ask_whether_there_is_a_user()
    {
        var id = await Host.CreateUserAsync(Cancel);

        using var known = await Host.Http.GetAsync($"/internal/users/{id}", Cancel);
        using var unknown = await Host.Http.GetAsync("/internal/users/4611686018427387904", Cancel);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (known.StatusCode, unknown.StatusCode));
    }

    [Fact]
    public async Task In_Development_any_user_signs_in_by_name_and_may_open_a_session()
    {
        var name = Name();
        var id = (await CreateAsync(new { username = name })).Body.GetProperty("id").GetInt64();

        var (status, answer) = await TokenAsync(("grant_type", "development"), ("username", name.ToUpperInvariant()), ("scope", "offline_access"), ("client", "a test"));
        var (again, _) = await TokenAsync(("grant_type", "refresh_token"), ("refresh_token", answer.GetProperty("refresh_token").GetString()!));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (status, again));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/users/{id}/sessions") { Headers = { Authorization = new("Bearer", answer.GetProperty("access_token").GetString()) } };
        using var sessions = await Host.Http.SendAsync(request, Cancel);
        Assert.Equal("a test", (await ApiHost.JsonAsync(sessions, Cancel))[0].GetProperty("client").GetString());
    }

    [Fact]
    public async Task In_Development_a_name_that_nobody_has_does_not_sign_in()
    {
        var (unknown, problem) = await TokenAsync(("grant_type", "development"), ("username", Name()));
        var (without, _) = await TokenAsync(("grant_type", "development"));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity), (unknown, without));
        Assert.Equal("There is no user with this name who can sign in.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task In_Development_users_are_listed_newest_first_by_the_beginning_of_a_name()
    {
        var beginning = $"List_%{Guid.NewGuid():n}";
        var ids = new List<long>();

        foreach (var name in new[] { "-a", "-b", "-c" })
        {
            ids.Add((await CreateAsync(new { username = beginning + name })).Body.GetProperty("id").GetInt64());
        }

        await Host.Database.ExecuteAsync($"UPDATE users SET disabled_at = now() WHERE id = {ids[1]}", Cancel);

        Assert.Equal([ids[2], ids[0]], await ListAsync($"q={Uri.EscapeDataString(beginning.ToUpperInvariant())}"));
        Assert.Equal([ids[2]], await ListAsync($"q={Uri.EscapeDataString(beginning)}&limit=1"));
        Assert.Empty(await ListAsync("q=List__"));
        using var refused = await Host.Http.GetAsync("/users?limit=101", Cancel);
        Assert.Contains("between 1 and 100, not '101'", await refused.Content.ReadAsStringAsync(Cancel));

        async Task<IEnumerable<long>> ListAsync(string query)
        {
            using var response = await Host.Http.GetAsync($"/users/?{query}", Cancel);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return (await ApiHost.JsonAsync(response, Cancel)).EnumerateArray().Select(user => user.GetProperty("id").GetInt64());
        }
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> TokenAsync(params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await Host.Http.PostAsync("/token", content, Cancel);
        return (response.StatusCode, await ApiHost.JsonAsync(response, Cancel));
    }

    private static string Name() => $"user-{Guid.NewGuid():n}";

    private async Task<Answer> CreateAsync(object body)
    {
        using var response = await Host.Http.PostAsJsonAsync("/users/", body, Cancel);
        return new Answer(response.StatusCode, await ApiHost.JsonAsync(response, Cancel));
    }

    private async Task<(HttpStatusCode Status, string? Detail)> RefusalAsync(object body)
    {
        var answer = await CreateAsync(body);
        return (answer.Status, answer.Detail);
    }

    private sealed record Answer(HttpStatusCode Status, JsonElement Body)
    {
        public string? Detail => Body.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
    }
}
