using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Tests.Notifications;

/// <summary>The one route of the api that notifications asks, over HTTP, so that it can be away. It answers some tokens as the api answers in rare cases.</summary>
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
        app.MapGet("/internal/users/{id}", AnswerAsync);
        await app.StartAsync(cancellationToken);

        return new UsersApi(app);
    }

    private static async Task<IResult> AnswerAsync(string id, HttpContext http)
    {
        switch (http.Request.Headers.Authorization.ToString())
        {
            case "Bearer limited":
                http.Response.Headers.RetryAfter = "7";
                return Results.StatusCode(429);
            case "Bearer slow":
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return Results.Ok();
            case ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var status] when int.TryParse(status, out var code):
                return Results.StatusCode(code);
            default:
                return long.Parse(id, CultureInfo.InvariantCulture) <= 1000 ? Results.Ok() : Results.NotFound();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
