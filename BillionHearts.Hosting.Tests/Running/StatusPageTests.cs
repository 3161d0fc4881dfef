using System.Net;
using System.Text.Json;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Status;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Hosting.Tests.Running;

public sealed class StatusPageTests : IAsyncDisposable
{
    private readonly ScriptApplication _scripts = new();
    private WebApplication? _page;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Programs_see_what_runs_but_no_secret()
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
        var page = await client.GetStringAsync("/logs/it", Cancel);
        Assert.Contains("three", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_are_taken_from_programs_and_not_from_web_sites()
    {
        _scripts.Add("it", "exec sleep 600");
        using var client = await StartAsync();
        await _scripts.UntilAsync("it", KnownResourceStates.Running);

        using var refused = await client.PostAsync("/api/resources/it/commands/stop", null, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        client.DefaultRequestHeaders.Add(StatusEndpoints.CommandHeader, "1");
        using var done = await client.PostAsync("/api/resources/it/commands/stop", null, Cancel);
        using var again = await client.PostAsync("/api/resources/it/commands/stop", null, Cancel);
        using var unknown = await client.PostAsync("/api/resources/other/commands/stop", null, Cancel);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.NotFound), (done.StatusCode, again.StatusCode, unknown.StatusCode));
        await _scripts.UntilAsync("it", KnownResourceStates.Exited);
    }

    [Fact]
    public async Task Pages_show_output_as_text_and_never_as_markup()
    {
        _scripts.Add("it", "printf '\\033[31m<script>alert(1)</script>\\033[0m\\n'; exec sleep 600");
        using var client = await StartAsync();
        await Processes.Until.TrueAsync(() => _scripts.LogOf("it").Length is 1, TimeSpan.FromSeconds(10));

        var page = await client.GetStringAsync("/logs/it", Cancel);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;\n", page, StringComparison.Ordinal);
        Assert.Contains(">it<", await client.GetStringAsync("/", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_name_for_this_machine_gets_nothing()
    {
        _scripts.Add("it", "exec sleep 600");
        using var client = await StartAsync();

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/resources") { Headers = { Host = "rebound.example" } };
        using var refused = await client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, refused.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (_page is not null)
        {
            await _page.DisposeAsync();
        }

        await _scripts.DisposeAsync();
    }

    private static async Task<(string?, bool)> NextAsync(StreamReader reader)
    {
        var line = JsonElement.Parse((await reader.ReadLineAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel))!);
        return (line.GetProperty("text").GetString(), line.GetProperty("is_error").GetBoolean());
    }

    /// <summary>Starts the scripts, and the page that a test host does without.</summary>
    private async Task<HttpClient> StartAsync()
    {
        await _scripts.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _page = builder.Build();
        StatusPage.Configure(_page, _scripts.App.Services.GetRequiredService<StatusEndpoints>());
        await _page.StartAsync(Cancel);
        return new() { BaseAddress = new(_page.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
    }
}
