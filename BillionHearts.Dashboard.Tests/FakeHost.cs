using System.Collections.Concurrent;
using System.Text.Json;
using BillionHearts.Dashboard.Orchestration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Dashboard.Tests;

/// <summary>Speaks as the local host does, over real HTTP, about resources that do not exist.</summary>
internal sealed class FakeHost : IAsyncDisposable
{
    public const string Key = "the-resource-service-key";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, ResourceSnapshot> _resources = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _lines = new();

    private FakeHost(WebApplication app)
    {
        _app = app;

        app.Use((context, next) => context.Request.Headers["x-resource-service-api-key"] == Key
            ? next(context)
            : Results.Problem("The key is another.", statusCode: 401).ExecuteAsync(context));
        app.MapGet("/api/resources", () => Results.Json(_resources.Values.Select(WithLifecycle), s_json));
        app.MapGet("/api/resources/{id}/environment", (string id) => id is "api-1"
            ? Results.Json(new Dictionary<string, string> { ["ConnectionStrings__imagesdb"] = "Host=localhost;Password=open-sesame" })
            : Results.NotFound());
        app.MapGet("/api/resources/{id}/logs", WriteLogAsync);
        app.MapPost("/api/resources/{id}/commands/{command}", Execute);
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public ConcurrentQueue<string> Commands { get; } = [];

    public static async Task<FakeHost> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");

        var host = new FakeHost(app);
        await app.StartAsync(cancellationToken);
        return host;
    }

    public void Set(ResourceSnapshot resource) => _resources[resource.Id] = resource;

    public void Write(string id, params string[] lines) => Array.ForEach(lines, LinesOf(id).Enqueue);

    public async ValueTask DisposeAsync()
    {
        // Logs are followed without end; there is nobody left to say goodbye to.
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task WriteLogAsync(string id, HttpContext context)
    {
        context.Response.ContentType = "application/x-ndjson; charset=utf-8";
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var sent = 0;

        do
        {
            foreach (var text in LinesOf(id).Skip(sent))
            {
                var line = new ConsoleLine(++sent, TimeProvider.System.GetUtcNow(), text, IsError: text.StartsWith("fail", StringComparison.Ordinal));
                await context.Response.WriteAsync(JsonSerializer.Serialize(line, s_json) + "\n", context.RequestAborted);
            }

            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
        while (await timer.WaitForNextTickAsync(context.RequestAborted));
    }

    private ConcurrentQueue<string> LinesOf(string id) => _lines.GetOrAdd(id, _ => []);

    private IResult Execute(string id, string command)
    {
        if (!_resources.TryGetValue(id, out var resource))
        {
            return Results.Problem($"There is no resource '{id}'.", statusCode: 404);
        }

        Commands.Enqueue($"{command} {id}");

        return command switch
        {
            "stop" => Become(resource with { State = "Exited", ExitCode = 0, Health = null }),
            "start" or "restart" => Become(resource with { State = "Running", Health = "Healthy", ExitCode = null }),
            "replay" => Results.Json(new { Success = true, Message = "3 messages replayed." }, s_json),
            _ => Results.Problem($"'{id}' has no command '{command}'.", statusCode: 409),
        };
    }

    private static ResourceSnapshot WithLifecycle(ResourceSnapshot resource)
    {
        var isUp = resource.State is "Running" or "Starting" or "Stopping" or "Waiting" ? "Enabled" : "Disabled";
        var isDown = isUp is "Enabled" ? "Disabled" : "Enabled";

        return resource with
        {
            Commands = [.. resource.Commands, new("start", "Start", isDown), new("stop", "Stop", isUp), new("restart", "Restart", isUp)],
        };
    }

    private IResult Become(ResourceSnapshot resource)
    {
        Set(resource);
        return Results.Json(new { Success = true }, s_json);
    }
}
