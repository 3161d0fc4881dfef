using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Uploads.Resumable;
using BillionHearts.Tests.Api;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Access;

/// <summary>Every route where requests need no token, as the original service's documentation shows: one that bears a token is held to it all the same.</summary>
public sealed class DevelopmentMatrixTests(DevelopmentAccessFixture fixture) : IClassFixture<DevelopmentAccessFixture>
{
    [Theory, MemberData(nameof(GuardedRoutes.Guarded), MemberType = typeof(GuardedRoutes))]
    public async Task Only_the_account_itself_needs_a_token_in_Development(string method, string route)
    {
        using var response = await GuardedRoutes.SendAsync(fixture, method, route, fixture.Bob, token: null, isHarmless: true);

        Assert.True(
            GuardedRoutes.Of(method, route).Scope is Scopes.Account ? (int)response.StatusCode is 401 : (int)response.StatusCode is not (401 or 403), $"{(int)response.StatusCode}");
    }

    [Theory, MemberData(nameof(GuardedRoutes.Guarded), MemberType = typeof(GuardedRoutes))]
    public async Task A_request_with_an_invalid_token_is_refused(string method, string route)
    {
        foreach (var (fault, token) in fixture.Tokens.Faulty(fixture.Ann.Id))
        {
            using var response = await GuardedRoutes.SendAsync(fixture, method, route, fixture.Ann, token);
            Assert.True((int)response.StatusCode is 401, $"A token that is {fault} was answered with {(int)response.StatusCode}.");
        }
    }

    [Theory, MemberData(nameof(GuardedRoutes.Guarded), MemberType = typeof(GuardedRoutes))]
    public async Task Another_user_is_refused_and_the_owner_or_an_operator_is_allowed(string method, string route)
    {
        var owned = GuardedRoutes.Of(method, route).Owned;
        using var refused = await GuardedRoutes.SendAsync(fixture, method, route, fixture.Ann, fixture.Bob.Token);
        using var welcome = await GuardedRoutes.SendAsync(
            fixture, method, route, fixture.Bob, owned == Owned.Installation ? fixture.Operator.Token : fixture.Bob.Token, isHarmless: true);

        Assert.Equal(owned == Owned.Upload ? 404 : 403, (int)refused.StatusCode);
        Assert.True((int)welcome.StatusCode is not (401 or 403), $"{(int)welcome.StatusCode}");
    }
}

/// <summary>The same people at an api as it is on a developer's machine.</summary>
public sealed class DevelopmentAccessFixture(AppHostFixture app) : AccessFixture(app)
{
    private protected override Task<ApiHost> StartAsync(CancellationToken cancellationToken) =>
        ApiHost.StartAsync(App, cancellationToken, ("Auth:SigningKey", Tokens.SigningKey));
}
