using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Health;
using BillionHearts.Hosting.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Hosting.Tests.Running;

public sealed class HealthTests : IAsyncDisposable
{
    private readonly ScriptApplication _scripts = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Running_is_not_healthy_until_the_check_succeeds_and_not_after_it_fails_again()
    {
        var api = _scripts.Add("api", "exec sleep 600").WithHttpEndpoint().WithHttpHealthCheck("/health");
        _scripts.Add("gateway", "exec sleep 600").WaitFor(api);
        await _scripts.StartAsync();

        // The test answers on the project's port, so that it decides what is healthy.
        var port = _scripts.App.GetEndpoint("api").Port;
        var waiting = await _scripts.UntilAsync("gateway", snapshot => snapshot.Reason?.Contains("nobody listens", StringComparison.Ordinal) is true);
        Assert.Equal($"Waiting for api: not healthy, nobody listens on port {port} yet", waiting.Snapshot.Reason);

        var status = 503;
        await using var server = Server(port, () => status);
        await server.StartAsync(Cancel);
        var refused = await _scripts.UntilAsync("api", snapshot => snapshot.HealthReports.Any(report => report.Description is "/health answered 503, not 200"));
        Assert.Equal((KnownResourceStates.Running, HealthStatus.Unhealthy), (refused.Snapshot.State?.Text, refused.Snapshot.HealthStatus));

        status = 200;
        await _scripts.App.ResourceNotifications.WaitForResourceHealthyAsync("api", Cancel);
        await _scripts.UntilAsync("gateway", KnownResourceStates.Running);

        status = 500;
        await _scripts.UntilAsync("api", snapshot => snapshot.HealthStatus is HealthStatus.Unhealthy && snapshot.State?.Text == KnownResourceStates.Running);
    }

    [Fact]
    public async Task A_stopped_resource_is_not_healthy_however_well_it_was()
    {
        _scripts.Add("it", "exec sleep 600");
        await _scripts.StartAsync();
        await _scripts.App.ResourceNotifications.WaitForResourceHealthyAsync("it", Cancel);
        await _scripts.CommandAsync("it", KnownResourceCommands.StopCommand);

        Assert.True(_scripts.App.ResourceNotifications.TryGetCurrentState("it", out var current));
        Assert.Null(current.Snapshot.HealthStatus);
    }

    [Fact]
    public async Task A_check_that_never_returns_is_asked_again()
    {
        var asked = 0;
        _scripts.Add("it", "exec sleep 600").WithAnnotation(new HealthProbeAnnotation("stuck", _ => new DelegateProbe(
            () => Interlocked.Increment(ref asked) is 1 ? Task.Delay(Timeout.Infinite, CancellationToken.None) : Task.CompletedTask)));
        await _scripts.StartAsync();

        await _scripts.UntilAsync("it", snapshot => snapshot.HealthReports.Any(report => report.Description is "no answer within 5 s"));
        await _scripts.App.ResourceNotifications.WaitForResourceHealthyAsync("it", Cancel);
    }

    [Fact]
    public void A_check_without_an_endpoint_says_what_is_missing()
    {
        var it = _scripts.Add("it", "exit 0");

        var refused = Assert.Throws<DistributedApplicationException>(() => it.WithHttpHealthCheck("/health"));
        Assert.Contains("launchSettings.json", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_of_the_apphost_is_one_request_to_the_resource()
    {
        _scripts.Add("api", "exec sleep 600").WithHttpEndpoint().WithHttpCommand("/replay", "Replay", commandName: "replay");
        await _scripts.StartAsync();
        var status = 200;
        await using var server = Server(_scripts.App.GetEndpoint("api").Port, () => status);
        await server.StartAsync(Cancel);

        Assert.True((await _scripts.CommandAsync("api", "replay")).Success);
        status = 409;
        Assert.Equal("/replay answered 409 Conflict.", (await _scripts.CommandAsync("api", "replay")).Message);
        Assert.Equal("'api' has no command 'dance'.", (await _scripts.CommandAsync("api", "dance")).Message);
    }

    public ValueTask DisposeAsync() => _scripts.DisposeAsync();

    private static WebApplication Server(int port, Func<int> status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var server = builder.Build();
        server.Run(context =>
        {
            context.Response.StatusCode = status();
            return Task.CompletedTask;
        });
        return server;
    }

    private sealed class DelegateProbe(Func<Task> check) : IHealthProbe
    {
        public Task CheckAsync(CancellationToken cancellationToken) => check();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
