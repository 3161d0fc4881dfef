using System.Net;
using System.Text.Json;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.ResourceService;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Hosting.Tests.Running;

public sealed class ResourceServiceTests : IAsyncDisposable
{
    private const string Key = "the key of this run";

    private readonly ScriptApplication _scripts = new();
    private WebApplication? _server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_dashboard_sees_what_runs_and_secrets_only_when_it_asks_for_them()
    {
        var password = _scripts.Builder.AddParameter("password", "s3cret", secret: true);
        _scripts.Add("api", "exec sleep 600").WithEnvironment("PASSWORD", password).WithEnvironment("COLOUR", "red")
            .WithEnvironment("URL", $"amqp://guest:{password}@host");
        using var client = await StartAsync();
        await _scripts.UntilAsync("api", KnownResourceStates.Running);

        var text = await client.GetStringAsync("/api/resources", Cancel);
        var api = JsonElement.Parse(text).EnumerateArray().Single(resource => resource.GetProperty("id").GetString() is "api");
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
        Assert.Equal(("Running", "Healthy"), (api.GetProperty("state").GetString(), api.GetProperty("health").GetString()));
        Assert.Equal("red", api.GetProperty("environment").GetProperty("COLOUR").GetString());
        Assert.True(api.GetProperty("pid").GetInt32() > 1);

        var revealed = JsonElement.Parse(await client.GetStringAsync("/api/resources/api/environment", Cancel));
        Assert.Equal(("s3cret", "amqp://guest:s3cret@host"), (revealed.GetProperty("PASSWORD").GetString(), revealed.GetProperty("URL").GetString()));
    }

    [Fact]
    public async Task A_log_can_be_read_and_followed()
    {
        _scripts.Add("it", "echo one; echo two >&2; trap 'echo three; exit 0' TERM; echo up; while :; do sleep 0.05; done");
        using var client = await StartAsync();
        await using var stream = await client.GetStreamAsync("/api/resources/it/logs?follow=true", Cancel);
        using var reader = new StreamReader(stream);

        var lines = new List<(string?, bool)> { await NextAsync(reader), await NextAsync(reader), await NextAsync(reader) };
        await _scripts.CommandAsync("it", KnownResourceCommands.StopCommand);
        lines.Add(await NextAsync(reader));

        Assert.Equal([("one", false), ("three", false), ("two", true), ("up", false)], lines.Order());
        Assert.Equal(("three", false), lines[^1]);
    }

    [Fact]
    public async Task Commands_are_offered_while_they_make_sense_and_executed()
    {
        _scripts.Add("it", "exec sleep 600")
            .WithCommand("polish", "Polish", _ => Task.FromResult(CommandResults.Success("shines")), new() { Description = "Makes it shine", IsHighlighted = true });
        using var client = await StartAsync();
        await _scripts.UntilAsync("it", KnownResourceStates.Running);
        Assert.Equal(["polish Enabled", "start Disabled", "stop Enabled", "restart Enabled"], await CommandsAsync(client));

        using var polished = await client.PostAsync("/api/resources/it/commands/polish", null, Cancel);
        Assert.Equal("shines", JsonElement.Parse(await polished.Content.ReadAsStringAsync(Cancel)).GetProperty("message").GetString());

        using var done = await client.PostAsync("/api/resources/it/commands/stop", null, Cancel);
        using var again = await client.PostAsync("/api/resources/it/commands/stop", null, Cancel);
        using var unknown = await client.PostAsync("/api/resources/other/commands/stop", null, Cancel);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.NotFound), (done.StatusCode, again.StatusCode, unknown.StatusCode));
        await _scripts.UntilAsync("it", KnownResourceStates.Exited);
        Assert.Equal(["polish Enabled", "start Enabled", "stop Disabled", "restart Disabled"], await CommandsAsync(client));
    }

    [Theory]
    [InlineData("GET", "/api/resources")]
    [InlineData("GET", "/api/resources/it/environment")]
    [InlineData("GET", "/api/resources/it/logs")]
    [InlineData("POST", "/api/resources/it/commands/stop")]
    public async Task Without_this_runs_key_nothing_is_told_and_nothing_done(string method, string path)
    {
        _scripts.Add("it", "exec sleep 600");
        using var client = await StartAsync();
        client.DefaultRequestHeaders.Remove(ResourceServiceServer.KeyHeader);

        using var none = await client.SendAsync(new(HttpMethod.Parse(method), path), Cancel);
        using var wrong = await client.SendAsync(new(HttpMethod.Parse(method), path) { Headers = { { ResourceServiceServer.KeyHeader, Key + "0" } } }, Cancel);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (none.StatusCode, wrong.StatusCode));
        await _scripts.UntilAsync("it", KnownResourceStates.Running);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _scripts.DisposeAsync();
    }

    private static async Task<(string?, bool)> NextAsync(StreamReader reader)
    {
        var line = JsonElement.Parse((await reader.ReadLineAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel))!);
        return (line.GetProperty("text").GetString(), line.GetProperty("is_error").GetBoolean());
    }

    private static async Task<string[]> CommandsAsync(HttpClient client)
    {
        var it = JsonElement.Parse(await client.GetStringAsync("/api/resources/it", Cancel));
        return [.. it.GetProperty("commands").EnumerateArray().Select(command => $"{command.GetProperty("name").GetString()} {command.GetProperty("state").GetString()}")];
    }

    /// <summary>Starts the scripts, and the service that a test host does without.</summary>
    private async Task<HttpClient> StartAsync()
    {
        await _scripts.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        ResourceServiceServer.Configure(_server, _scripts.App.Services.GetRequiredService<ResourceServiceEndpoints>(), Key);
        await _server.StartAsync(Cancel);
        return new()
        {
            BaseAddress = new(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()),
            DefaultRequestHeaders = { { ResourceServiceServer.KeyHeader, Key } },
        };
    }
}
