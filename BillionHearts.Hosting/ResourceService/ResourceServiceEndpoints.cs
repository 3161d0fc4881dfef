using System.Text.Json;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Orchestration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace BillionHearts.Hosting.ResourceService;

internal sealed class ResourceServiceEndpoints(ResourceNotificationService notifications, ResourceCommandService commands, RunnerRegistry runners)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/resources", () => Results.Json(notifications.All().Select(ViewOf), s_json));
        routes.MapGet("/api/resources/{name}", ShowResource);
        routes.MapGet("/api/resources/{name}/environment", RevealEnvironment);
        routes.MapGet("/api/resources/{name}/logs", WriteLogAsync);
        routes.MapPost("/api/resources/{name}/commands/{command}", ExecuteAsync);
    }

    private ResourceView ViewOf(ResourceEvent current) => ResourceView.Of(current, commands.CommandsOf(current));

    private IResult ShowResource(string name) => notifications.TryGetCurrentState(name, out var current)
        ? Results.Json(ViewOf(current), s_json)
        : Unknown(name);

    /// <summary>With its secrets: for who has asked to see them.</summary>
    private IResult RevealEnvironment(string name) => notifications.TryGetCurrentState(name, out var current)
        ? Results.Json(current.Snapshot.EnvironmentVariables.ToDictionary(variable => variable.Name, variable => variable.Value), s_json)
        : Unknown(name);

    /// <summary>One JSON object for each line; with <c>?follow=true</c> also those to come, one response line each.</summary>
    private async Task WriteLogAsync(string name, HttpContext context, bool follow = false, long after = 0)
    {
        if (runners.Find(name) is not { } runner)
        {
            await Unknown(name).ExecuteAsync(context);
            return;
        }

        context.Response.ContentType = "application/x-ndjson; charset=utf-8";

        if (!follow)
        {
            foreach (var line in runner.Instance.Log.Read(after))
            {
                await context.Response.WriteAsync(JsonSerializer.Serialize(line, s_json) + "\n", context.RequestAborted);
            }

            return;
        }

        await context.Response.StartAsync(context.RequestAborted);

        await foreach (var line in runner.Instance.Log.FollowAsync(after, context.RequestAborted))
        {
            await context.Response.WriteAsync(JsonSerializer.Serialize(line, s_json) + "\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private async Task<IResult> ExecuteAsync(string name, string command, HttpContext context)
    {
        if (!notifications.TryGetCurrentState(name, out _) && notifications.All().All(current => current.Resource.Name != name))
        {
            return Unknown(name);
        }

        var result = await commands.ExecuteCommandAsync(name, command, context.RequestAborted);
        return result.Success ? Results.Json(new { result.Success, result.Message }, s_json) : Results.Problem(result.Message, statusCode: 409);
    }

    private static ProblemHttpResult Unknown(string name) => TypedResults.Problem($"There is no resource '{name}'.", statusCode: 404);
}
