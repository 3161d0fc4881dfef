using BillionHearts.Api;
using BillionHearts.Api.Accounts.Access;
using BillionHearts.Notifications;
using BillionHearts.Tests.Distributed;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Tests.Access;

/// <summary>What a service refuses to start with in Production.</summary>
public sealed class StartRefusalTests(AppHostFixture app)
{
    private const string P384 =
        "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDA";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "Auth:SigningKey is required in Production")]
    [InlineData("", "Auth:SigningKey is required in Production")]
    [InlineData(TokenKey.Development, "Auth:SigningKey is the development key")]
    [InlineData("secret", "Auth:SigningKey must be an ECDSA P-256 private key")]
    [InlineData(P384, "Auth:SigningKey must be an ECDSA P-256 private key")]
    public async Task The_api_does_not_start_without_a_signing_key_of_its_own(string? key, string reason)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => StartApiAsync(("Auth:SigningKey", key)));

        Assert.Contains(reason, refusal.Message);
        Assert.DoesNotContain("'secret'", $"{refusal}");
    }

    [Theory]
    [InlineData(null, "Auth:SigningKey is not set although Auth:RequireTokens is true")]
    [InlineData("", "Auth:SigningKey is not set although Auth:RequireTokens is true")]
    [InlineData(TokenKey.Development, "Auth:SigningKey is the development key, which is published, although Auth:RequireTokens is true")]
    public async Task Where_tokens_are_required_in_Development_the_api_refuses_the_published_key(string? key, string reason)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => StartApiAsync(Environments.Development, ("Auth:SigningKey", key), ("Auth:RequireTokens", "true")));

        Assert.Contains(reason, refusal.Message);
        Assert.Contains("docs/operations.md", refusal.Message);
    }

    [Fact]
    public async Task The_api_does_not_start_with_the_development_key_as_a_previous_key()
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => StartApiAsync(("Auth:SigningKey", TestTokens.NewKey()), ("Auth:PreviousKeys:0", TokenKey.Development)));
        Assert.Contains("Auth:PreviousKeys:0 is the development key", refusal.Message);
    }

    [Theory]
    [InlineData("false", "Auth:RequireTokens is false in Production")]
    [InlineData("maybe", "Auth:RequireTokens must be true or false, not 'maybe'")]
    public async Task No_service_starts_without_tokens(string value, string reason)
    {
        Assert.Contains(reason, (await Assert.ThrowsAnyAsync<Exception>(() => StartApiAsync(("Auth:SigningKey", TestTokens.NewKey()), ("Auth:RequireTokens", value)))).Message);
        Assert.Contains(reason, Assert.ThrowsAny<Exception>(() => NotificationsApplication.Build(Builder(("Auth:RequireTokens", value)))).Message);
    }

    [Fact]
    public async Task No_service_starts_as_a_superuser_of_its_database()
    {
        await using var database = await ScratchDatabase.CreateAsync(app, beside: "imagesdb", Cancel);

        var api = await Assert.ThrowsAnyAsync<Exception>(
            () => StartApiAsync(("Auth:SigningKey", TestTokens.NewKey()), ("ConnectionStrings:imagesdb", database.SuperuserConnectionString)));
        await using var notifications = NotificationsApplication.Build(Builder(
            ("Webhooks:SecretKey", Convert.ToBase64String(new byte[32])), ("ConnectionStrings:notificationsdb", database.SuperuserConnectionString)));
        var other = await Assert.ThrowsAnyAsync<Exception>(() => notifications.StartAsync(Cancel));

        Assert.Contains("is a superuser, which only Development allows", api.Message);
        Assert.Contains("is a superuser, which only Development allows", other.Message);
    }

    private static Task StartApiAsync(params (string Name, string? Value)[] settings) => StartApiAsync(Environments.Production, settings);

    private static async Task StartApiAsync(string environment, params (string Name, string? Value)[] settings)
    {
        await using var api = ApiApplication.Build(Builder(environment, settings));
        await api.StartAsync(Cancel);
    }

    private static WebApplicationBuilder Builder(params (string Name, string? Value)[] settings) => Builder(Environments.Production, settings);

    private static WebApplicationBuilder Builder(string environment, params (string Name, string? Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(
        [
            new("ConnectionStrings:imagesdb", "Host=127.0.0.1;Port=1;Username=nobody"),
            new("ConnectionStrings:notificationsdb", "Host=127.0.0.1;Port=1;Username=nobody"),
            new("Media:SigningKey", new string('m', 32)),
            new("ConnectionStrings:messaging", "amqp://127.0.0.1:1"),
            new("ConnectionStrings:blobs", "UseDevelopmentStorage=true"),
            new("services:api:http:0", "http://127.0.0.1:1"),
        ]);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)));
        return builder;
    }
}
