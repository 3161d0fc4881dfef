using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Blobs;
using BillionHearts.Api;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Storage;
using BillionHearts.Tests.Distributed;
using BillionHearts.Tests.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Tests.Api;

/// <summary>The api with a database, a virtual host at the broker and a container in the blob store of its own.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private ApiHost(WebApplication app, ScratchDatabase database, TestBroker broker, BlobContainerClient container)
    {
        (App, Database, Broker, Container) = (app, database, broker, container);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) };
    }

    public WebApplication App { get; }

    public ScratchDatabase Database { get; }

    public TestBroker Broker { get; }

    public BlobContainerClient Container { get; }

    public HttpClient Http { get; }

    /// <param name="settings">Options that are not to have their defaults.</param>
    public static Task<ApiHost> StartAsync(
        AppHostFixture fixture, CancellationToken cancellationToken, params (string Name, string Value)[] settings) =>
        StartAsync(fixture, Environments.Development, TimeProvider.System, cancellationToken, settings);

    /// <summary>With a clock that the test advances. The database's time goes on.</summary>
    public static Task<ApiHost> StartAsync(
        AppHostFixture fixture, ManualClock clock, CancellationToken cancellationToken, params (string Name, string Value)[] settings) =>
        StartAsync(fixture, Environments.Development, clock, cancellationToken, settings);

    /// <summary>In the Production environment: tokens are required, and the database role must not be a superuser.</summary>
    public static Task<ApiHost> StartInProductionAsync(
        AppHostFixture fixture, CancellationToken cancellationToken, params (string Name, string Value)[] settings) =>
        StartAsync(fixture, Environments.Production, TimeProvider.System, cancellationToken, settings);

    private static async Task<ApiHost> StartAsync(
        AppHostFixture fixture, string environment, TimeProvider clock, CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var blobs = await (await fixture.AppAsync(cancellationToken)).GetConnectionStringAsync("blobs", cancellationToken)
            ?? throw new InvalidOperationException("The AppHost gives no connection string for 'blobs'.");
        var database = await MigratedDatabases.CreateAsync<ImagesDbContext>(fixture, beside: "imagesdb", cancellationToken);
        var broker = await TestBroker.CreateAsync(fixture, cancellationToken);
        var app = Build(environment, clock, [
            ("ConnectionStrings:imagesdb", database.ConnectionString),
            ("ConnectionStrings:messaging", broker.ConnectionString),
            ("ConnectionStrings:blobs", blobs),
            ("BlobStore:Container", $"test-{Guid.NewGuid():n}"),
            .. settings]);
        await app.Services.GetRequiredService<IBlobStore>().PingAsync(cancellationToken);
        await app.StartAsync(cancellationToken);

        return new ApiHost(app, database, broker, app.Services.GetRequiredService<BlobContainerClient>());
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellationToken));

    public async Task<long> CreateUserAsync(CancellationToken cancellationToken)
    {
        using var response = await Http.PostAsJsonAsync("/users/", new { username = $"user-{Guid.NewGuid():n}" }, cancellationToken);
        return (await JsonAsync(response, cancellationToken)).GetProperty("id").GetInt64();
    }

    public async Task<HttpResponseMessage> PostAsync(long userId, byte[] file, CancellationToken cancellationToken)
    {
        using var form = new MultipartFormDataContent { { new StringContent($"{userId}"), "user_id" } };
        form.Add(new ByteArrayContent(file), "file", "photo");
        return await Http.PostAsync("/images/", form, cancellationToken);
    }

    public async Task<HttpResponseMessage> PostRawAsync(string contentType, byte[] body, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return await Http.PostAsync("/images/", content, cancellationToken);
    }

    /// <summary>Stores an image and returns the image object.</summary>
    public async Task<JsonElement> UploadAsync(long userId, byte[] file, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(userId, file, cancellationToken);
        var body = await JsonAsync(response, cancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{body}");
        return body;
    }

    public async Task<JsonElement> GetImageAsync(long id, CancellationToken cancellationToken)
    {
        using var response = await Http.GetAsync($"/images/{id}", cancellationToken);
        return await JsonAsync(response, cancellationToken);
    }

    public async Task<int> CountBlobsAsync(CancellationToken cancellationToken) =>
        await Container.GetBlobsAsync(cancellationToken: cancellationToken).CountAsync(cancellationToken);

    /// <summary>Calls a scoped service as a request would.</summary>
    public async Task<T> CallAsync<TService, T>(Func<TService, Task<T>> call) where TService : notnull
    {
        await using var scope = App.Services.CreateAsyncScope();
        return await call(scope.ServiceProvider.GetRequiredService<TService>());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.StopAsync(CancellationToken.None);
        await Container.DeleteIfExistsAsync();
        await App.DisposeAsync();
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static WebApplication Build(string environment, TimeProvider clock, params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // Its uploads would be among those that tests count.
        builder.Configuration["WarmUp:Rounds"] = "0";

        // A later setting overrides an earlier one of the same name.
        foreach (var (name, value) in settings)
        {
            builder.Configuration[name] = value;
        }

        return ApiApplication.Build(builder);
    }
}
