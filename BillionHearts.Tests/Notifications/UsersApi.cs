using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Tests.Notifications;

/// <summary>The one route of the api that notifications asks, over HTTP, so that it can be away.</summary>
internal sealed class UsersApi : IAsyncDisposable
{
    private readonly WebApplication _app;

    private UsersApi(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public static async Task<UsersApi> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.MapGet("/internal/users/{id}", (string id) =>
            long.Parse(id, CultureInfo.InvariantCulture) <= 1000 ? Results.Ok() : Results.NotFound());
        await app.StartAsync(cancellationToken);

        return new UsersApi(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
