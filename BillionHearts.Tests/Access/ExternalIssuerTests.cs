using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using BillionHearts.Tests.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BillionHearts.Tests.Access;

public sealed class ExternalIssuerTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Audience = "photos";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_OpenID_Connect_providers_token_is_accepted_only_for_the_user_it_names()
    {
        await using var provider = await Provider.StartAsync(Cancel);
        await using var host = await ApiHost.StartAsync(
            fixture.App, Cancel, ("Auth:External:Authority", provider.Address), ("Auth:External:Audience", Audience), ("Auth:External:UserIdClaim", "photos_id"));
        var (ann, bob) = (await host.CreateUserAsync(Cancel), await host.CreateUserAsync(Cancel));

        Assert.Equal(404, await ListAsync(ann, provider.Token(ann, _ => { })));
        Assert.Equal(403, await ListAsync(bob, provider.Token(ann, _ => { })));
        Assert.Equal(401, await ListAsync(ann, provider.Token(ann, token => token.Audience = "another service")));
        Assert.Equal(401, await ListAsync(ann, provider.Token(ann, token => token.Issuer = "https://elsewhere.example")));
        Assert.Equal(401, await ListAsync(ann, provider.Token(ann, token => token.Expires = token.IssuedAt!.Value.AddHours(-1))));
        Assert.Equal(401, await ListAsync(ann, provider.Token(ann, token => token.Claims.Remove("photos_id"))));
        Assert.Equal(401, await ListAsync(4611686018427387904, provider.Token(4611686018427387904, _ => { })));

        async Task<int> ListAsync(long user, string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/users/{user}/images");
            request.Headers.Authorization = new("Bearer", token);
            using var response = await host.Http.SendAsync(request, Cancel);
            return (int)response.StatusCode;
        }
    }

    /// <summary>The part of an OpenID Connect provider that a resource server uses: its configuration and its keys.</summary>
    private sealed class Provider : IAsyncDisposable
    {
        private readonly RSA _pair = RSA.Create(2048);
        private readonly WebApplication _app;

        private Provider(WebApplication app) => _app = app;

        public string Address => _app.Urls.Single();

        public static async Task<Provider> StartAsync(CancellationToken cancellationToken)
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            builder.Services.AddRoutingCore();
            var provider = new Provider(builder.Build());
            provider._app.MapGet("/.well-known/openid-configuration", () => Json(new { issuer = provider.Address, jwks_uri = $"{provider.Address}/keys" }));
            provider._app.MapGet("/keys", () => Json(new { keys = new[] { provider.PublicKey() } }));
            await provider._app.StartAsync(cancellationToken);
            return provider;
        }

        public string Token(long user, Action<SecurityTokenDescriptor> change)
        {
            var now = TimeProvider.System.GetUtcNow().UtcDateTime;
            var token = new SecurityTokenDescriptor
            {
                Issuer = Address,
                Audience = Audience,
                IssuedAt = now,
                Expires = now.AddMinutes(5),
                SigningCredentials = new SigningCredentials(new RsaSecurityKey(_pair) { KeyId = "one" }, SecurityAlgorithms.RsaSha256),
                Claims = new Dictionary<string, object> { ["sub"] = "somebody", ["photos_id"] = user.ToString(CultureInfo.InvariantCulture) },
            };
            change(token);
            return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
        }

        public async ValueTask DisposeAsync()
        {
            await _app.DisposeAsync();
            _pair.Dispose();
        }

        private object PublicKey()
        {
            var key = _pair.ExportParameters(includePrivateParameters: false);
            return new { kty = "RSA", use = "sig", alg = "RS256", kid = "one", n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) };
        }

        private static IResult Json(object value) => Results.Text(JsonSerializer.Serialize(value), "application/json");
    }
}
