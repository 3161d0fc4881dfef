using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using BillionHearts.Api.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Tests.Access;

/// <summary>Every route of the api with every kind of caller. A route that is not in <see cref="s_rows"/> fails the first test.</summary>
[Collection(typeof(GuardedApi))]
public sealed class AccessMatrixTests(AccessFixture fixture)
{
    // Owned and scope say who may; without them, anybody may.
    private static readonly Row[] s_rows =
    [
        new("POST", "/users", null, null),
        new("POST", "/token", null, null),
        new("GET,HEAD", "/media/{key}/{rendition}", null, null),
        new("GET", "/.well-known/jwks.json", null, null),
        new("GET", "/openapi/{documentName}.json", null, null),
        new("GET", "/docs/{documentName?}", null, null),
        new("GET", "/docs/favicon.svg", null, null),
        new("GET", "/docs/scalar.js", null, null),
        new("GET", "/docs/scalar.aspnetcore.js", null, null),
        new("GET", "/health", null, null),
        new("", "/alive", null, null),
        new("GET", "/internal/users/{id}", Owned.User, Scopes.ReadImages),
        new("GET,HEAD", "/users/{id}/images", Owned.User, Scopes.ReadImages),
        new("GET", "/users/{id}/audit", Owned.User, Scopes.Account),
        new("GET", "/users/{id}/keys", Owned.User, Scopes.Account),
        new("POST", "/users/{id}/keys", Owned.User, Scopes.Account),
        new("DELETE", "/users/{id}/keys/{key}", Owned.User, Scopes.Account),
        new("GET", "/shares/{secret}", null, null),
        new("GET", "/users/{id}/shares", Owned.User, Scopes.Account),
        new("POST", "/users/{id}/shares", Owned.User, Scopes.Account),
        new("DELETE", "/users/{id}/shares/{share}", Owned.User, Scopes.Account),
        new("POST", "/images", Owned.UserInBody, Scopes.WriteImages),
        new("POST", "/images/check", Owned.UserInBody, Scopes.ReadImages),
        new("GET,HEAD", "/images/{id}", Owned.Image, Scopes.ReadImages),
        new("PUT", "/images/{id}", Owned.Image, Scopes.WriteImages),
        new("DELETE", "/images/{id}", Owned.Image, Scopes.WriteImages),
        new("PUT", "/images/{id}/content", Owned.Image, Scopes.WriteImages),
        new("POST", "/images/{id}/complete", Owned.Image, Scopes.WriteImages),
        new("GET,HEAD", "/images/{id}/download", Owned.Image, Scopes.ReadImages),
        new("GET", "/images/{id}/receipt", Owned.Image, Scopes.ReadImages),
        new("GET", "/operator/images/{id}/attempts", Owned.Installation, Scopes.Operate),
        new("POST", "/operator/images/{id}/analysis", Owned.Installation, Scopes.Operate),
        new("POST", "/uploads", Owned.UserInBody, Scopes.WriteImages),
        new("HEAD", "/uploads/{upload}", Owned.Upload, Scopes.WriteImages),
        new("PATCH", "/uploads/{upload}", Owned.Upload, Scopes.WriteImages),
        new("DELETE", "/uploads/{upload}", Owned.Upload, Scopes.WriteImages),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The routes that are somebody's.</summary>
    public static TheoryData<string, string> Guarded => new(s_rows.Where(row => row.Owned is not null).Select(row => (row.Methods.Split(',')[0], row.Route)));

    [Fact]
    public void Every_route_of_the_api_has_its_row_and_no_row_is_left_over()
    {
        var routes = fixture.Host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(endpoint =>
        {
            var rule = endpoint.Metadata.GetMetadata<AccessRule>();
            Assert.True(rule is null == endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null, $"{endpoint.DisplayName} is both or neither of guarded and open.");
            var methods = string.Join(',', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []);
            return new Row(methods, $"/{endpoint.RoutePattern.RawText!.Trim('/')}", rule?.Owned, rule?.Scope);
        });

        Assert.Equal(s_rows.OrderBy(row => $"{row}"), routes.OrderBy(row => $"{row}"));
    }

    [Theory, MemberData(nameof(Guarded))]
    public async Task Nobody_gets_in_without_credentials(string method, string route)
    {
        using var response = await SendAsync(method, route, fixture.Ann, token: null);

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal("Bearer", $"{response.Headers.WwwAuthenticate}");
    }

    [Theory, MemberData(nameof(Guarded))]
    public async Task No_faulty_token_gets_in(string method, string route)
    {
        foreach (var (fault, token) in fixture.Tokens.Faulty(fixture.Ann.Id))
        {
            using var response = await SendAsync(method, route, fixture.Ann, token);

            Assert.True((int)response.StatusCode is 401, $"A token that is {fault} was answered with {(int)response.StatusCode}.");
            Assert.Equal("Bearer error=\"invalid_token\"", $"{response.Headers.WwwAuthenticate}");
        }
    }

    [Theory, MemberData(nameof(Guarded))]
    public async Task The_token_of_a_user_who_is_deleted_or_disabled_is_worth_nothing(string method, string route)
    {
        foreach (var user in new[] { fixture.Disabled, 4611686018427387904 })
        {
            using var response = await SendAsync(method, route, fixture.Ann, fixture.Tokens.For(user));
            Assert.Equal(401, (int)response.StatusCode);
        }
    }

    [Theory, MemberData(nameof(Guarded))]
    public async Task Another_user_is_refused_and_nothing_is_changed(string method, string route)
    {
        using var response = await SendAsync(method, route, fixture.Ann, fixture.Bob.Token);

        Assert.Equal(RowOf(method, route).Owned is Owned.Upload ? 404 : 403, (int)response.StatusCode);
        var (status, image) = await fixture.CallAsync(HttpMethod.Get, $"/images/{fixture.Ann.Image}", null, fixture.Ann.Token, Cancel);
        Assert.Equal((200, "photo.png", 1), (status, image.GetProperty("original_filename").GetString(), image.GetProperty("version").GetInt32()));
    }

    [Theory, MemberData(nameof(Guarded))]
    public async Task A_key_gets_in_where_its_scope_says_and_nowhere_else(string method, string route)
    {
        var scope = RowOf(method, route).Scope!;

        foreach (var granted in Scopes.OfKeys)
        {
            var key = await NewKeyAsync(fixture.Bob, granted);
            // Of Ann's: what is refused for the scope is refused for it first.
            using var response = await SendAsync(method, route, scope == granted ? fixture.Bob : fixture.Ann, key, isHarmless: true);

            Assert.True(
                scope == granted ? (int)response.StatusCode is not (401 or 403) : (int)response.StatusCode is 403,
                $"A key for {granted} was answered with {(int)response.StatusCode} where it takes {scope}.");
        }
    }

    [Theory, MemberData(nameof(Guarded))]
    public async Task The_owner_gets_in_and_where_it_is_nobodys_an_operator(string method, string route)
    {
        var who = RowOf(method, route).Owned is Owned.Installation ? fixture.Operator : fixture.Bob;
        using var response = await SendAsync(method, route, fixture.Bob, who.Token, isHarmless: true);
        Assert.True((int)response.StatusCode is not (401 or 403), $"{(int)response.StatusCode}");
    }

    private static Row RowOf(string method, string route) => s_rows.Single(row => row.Route == route && row.Methods.StartsWith(method, StringComparison.Ordinal));

    private async Task<string> NewKeyAsync(Person person, string scope)
    {
        var (status, key) = await fixture.CallAsync(
            HttpMethod.Post, $"/users/{person.Id}/keys", new { name = "matrix", scopes = new[] { scope }, expires_in = 60 }, person.Token, Cancel);

        if (status is 409)
        {
            await fixture.Host.Database.ExecuteAsync("UPDATE api_keys SET revoked_at = now()", Cancel);
            return await NewKeyAsync(person, scope);
        }

        Assert.Equal(200, status);
        return key.GetProperty("key").GetString()!;
    }

    /// <param name="isHarmless">Without what the route needs to do anything: past the guard it is refused for that.</param>
    private async Task<HttpResponseMessage> SendAsync(string method, string route, Person owner, string? token, bool isHarmless = false)
    {
        var rule = RowOf(method, route);
        var path = route
            .Replace("{id}", $"{(rule.Owned is Owned.Image or Owned.Installation ? owner.Image : owner.Id)}", StringComparison.Ordinal)
            .Replace("{upload}", owner.Upload, StringComparison.Ordinal)
            .Replace("{key}", "1", StringComparison.Ordinal)
            .Replace("{share}", "1", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = isHarmless && method is not "POST" ? null : Body(route, owner) };

        if (route.StartsWith("/uploads", StringComparison.Ordinal))
        {
            request.Headers.Add("Tus-Resumable", isHarmless ? "0.0.0" : "1.0.0");
            request.Headers.Add("Upload-Offset", "0");
            request.Headers.Add("Upload-Length", "100");
            request.Headers.Add("Upload-Metadata", $"user_id {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{owner.Id}"))}");
        }

        return await fixture.SendAsync(request, token, Cancel);
    }

    private static HttpContent? Body(string route, Person owner) => route switch
    {
        "/images" => JsonContent.Create(new { user_id = owner.Id, original_filename = "a.jpg", width = 1, height = 1, file_size = 1, file_type = "jpeg" }),
        "/images/check" => JsonContent.Create(new { user_id = owner.Id, sha256 = Array.Empty<string>() }),
        "/images/{id}" => JsonContent.Create(new { original_filename = "stolen.png" }),
        "/images/{id}/content" => new ByteArrayContent(TestImages.Png(13, 13)),
        "/users/{id}/keys" => JsonContent.Create(new { name = "mine", scopes = new[] { Scopes.ReadImages } }),
        "/uploads/{upload}" => new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") } },
        _ => null,
    };

    private sealed record Row(string Methods, string Route, Owned? Owned, string? Scope);
}
