using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images;
using BillionHearts.Api.Uploads.Resumable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Tests.Access;

/// <summary>Every route of the api with every kind of caller. A route that is not in <see cref="GuardedRoutes"/> fails the first test.</summary>
[Collection(typeof(GuardedApi))]
public sealed class AccessMatrixTests(AccessFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_route_of_the_api_has_its_row_and_no_row_is_left_over()
    {
        var routes = fixture.Host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(endpoint =>
        {
            var rule = endpoint.Metadata.GetMetadata<AccessRule>();
            Assert.True(rule is null == endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null, $"{endpoint.DisplayName} is both or neither of guarded and open.");
            var methods = string.Join(',', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []);
            return new GuardedRoute(methods, $"/{endpoint.RoutePattern.RawText!.Trim('/')}", rule?.Owned, rule?.Scope);
        });

        Assert.Equal(GuardedRoutes.Rows.OrderBy(row => $"{row}"), routes.OrderBy(row => $"{row}"));
    }

    [Theory, MemberData(nameof(GuardedRoutes.Guarded), MemberType = typeof(GuardedRoutes))]
    public async Task A_request_without_credentials_is_refused(string method, string route)
    {
        using var response = await GuardedRoutes.SendAsync(fixture, method, route, fixture.Ann, token: null);

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal("Bearer", $"{response.Headers.WwwAuthenticate}");
    }

    [Theory, MemberData(nameof(GuardedRoutes.Guarded), MemberType = typeof(GuardedRoutes))]
    public async Task A_request_with_an_invalid_token_is_refused(string method, string route)
    {
        foreach (var (fault, token) in fixture.Tokens.Faulty(fixture.Ann.Id))
        {
            using var response = await GuardedRoutes.SendAsync(fixture, method, route, fixture.Ann, token);

            Assert.True((int)response.StatusCode is 401, $"A token that is {fault} was answered with {(int)response.StatusCode}.");
            Assert.Equal("Bearer error=\"invalid_token\"", $"{response.Headers.WwwAuthenticate}");
        }
    }

    [Theory, MemberData(nameof(GuardedRoutes.Guarded), MemberType = typeof(GuardedRoutes))]
    public async Task The_token_of_a_deleted_or_disabled_user_is_refused(string method, string route)
    {
        foreach (var user in new[] { fixture.Disabled, 4611686018427387904 })
        {
            using var response = await GuardedRoutes.SendAsync(fixture, method, route, fixture.Ann, fixture.Tokens.For(user));
            Assert.Equal(401, (int)response.StatusCode);
        }
    }

    [Theory, MemberData(nameof(GuardedRoutes.Guarded), MemberType = typeof(GuardedRoutes))]
    public async Task Another_user_is_refused_and_nothing_is_changed(string method, string route)
    {
        using var response = await GuardedRoutes.SendAsync(fixture, method, route, fixture.Ann, fixture.Bob.Token);

        Assert.Equal(GuardedRoutes.Of(method, route).Owned == Owned.Upload ? 404 : 403, (int)response.StatusCode);
        var (status, image) = await fixture.CallAsync(HttpMethod.Get, $"/images/{fixture.Ann.Image}", null, fixture.Ann.Token, Cancel);
        Assert.Equal((200, "photo.png", 1), (status, image.GetProperty("original_filename").GetString(), image.GetProperty("version").GetInt32()));
    }

    [Theory, MemberData(nameof(GuardedRoutes.Guarded), MemberType = typeof(GuardedRoutes))]
    public async Task A_key_is_accepted_where_its_scope_allows_and_nowhere_else(string method, string route)
    {
        var scope = GuardedRoutes.Of(method, route).Scope!;

        foreach (var granted in Scopes.ForKeys)
        {
            var key = await NewKeyAsync(fixture.Bob, granted);
            // Of Ann's: what is refused for the scope is refused for it first.
            using var response = await GuardedRoutes.SendAsync(fixture, method, route, scope == granted ? fixture.Bob : fixture.Ann, key, isHarmless: true);

            Assert.True(
                scope == granted ? (int)response.StatusCode is not (401 or 403) : (int)response.StatusCode is 403,
                $"A key for {granted} was answered with {(int)response.StatusCode} where it takes {scope}.");
        }
    }

    [Theory, MemberData(nameof(GuardedRoutes.Guarded), MemberType = typeof(GuardedRoutes))]
    public async Task The_owner_is_allowed_and_an_operator_where_there_is_no_owner(string method, string route)
    {
        var who = GuardedRoutes.Of(method, route).Owned == Owned.Installation ? fixture.Operator : fixture.Bob;
        using var response = await GuardedRoutes.SendAsync(fixture, method, route, fixture.Bob, who.Token, isHarmless: true);
        Assert.True((int)response.StatusCode is not (401 or 403), $"{(int)response.StatusCode}");
    }

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
}
