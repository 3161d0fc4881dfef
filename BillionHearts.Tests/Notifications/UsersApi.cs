using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Tests.Notifications;

/// <summary>
/// The two routes of the api that notifications asks, over HTTP, so that it can be away. It knows the users 1 to 1000, and answers some tokens as the api
/// answers in rare cases.
/// </summary>
internal sealed class UsersApi : IAsyncDisposable
{
    private static readonly string[] s_keyScopes = ["images:read"];
    private static readonly string[] s_allScopes = ["images:read", "account"];

    private readonly WebApplication _app;
    private int _judged;

    private UsersApi(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public static async Task<UsersApi> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var api = new UsersApi(app);
        app.MapGet("/internal/users/{id}", api.AnswerAsync);
        app.MapPost("/internal/holders", api.AnswerHoldersAsync);
        await app.StartAsync(cancellationToken);

        return api;
    }

    /// <summary>Users and keys that are no longer valid, with what the api says about them.</summary>
    public ConcurrentDictionary<(long User, long? Key), string> Ended { get; } = [];

    /// <summary>How often credentials were judged.</summary>
    public int Judged => _judged;

    private async Task<IResult> AnswerHoldersAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var holders = (await JsonSerializer.DeserializeAsync<JsonElement>(http.Request.Body, cancellationToken: cancellationToken)).GetProperty("holders").EnumerateArray();

        return Results.Json(new
        {
            holders = holders.Select(holder =>
            {
                var (user, key) = (holder.GetProperty("user_id").GetInt64(), holder.GetProperty("key_id"));
                return Ended.GetValueOrDefault((user, key.ValueKind is JsonValueKind.Null ? null : key.GetInt64()), "valid");
            }),
        });
    }

    private async Task<IResult> AnswerAsync(string id, HttpContext http)
    {
        Interlocked.Increment(ref _judged);

        switch (http.Request.Headers.Authorization.ToString())
        {
            case "Bearer limited":
                http.Response.Headers.RetryAfter = "7";
                return Results.StatusCode(429);
            case "Bearer slow":
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return Results.Ok();
            case "Bearer account":
                return Results.Json(new { id = 1, username = "u", scopes = s_allScopes, expires_at = "2099-01-01T00:00:00+00:00" });
            case "Bearer key":
                return Results.Json(new { id = 1, username = "u", key_id = 7, scopes = s_keyScopes });
            case ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var status] when int.TryParse(status, out var code):
                return Results.StatusCode(code);
            default:
                return long.Parse(id, CultureInfo.InvariantCulture) <= 1000 ? Results.Json(new { id = 1, username = "u", scopes = Array.Empty<string>() }) : Results.NotFound();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
