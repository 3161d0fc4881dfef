using System.Net;
using System.Text.Json;
using BillionHearts.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BillionHearts.Tests.ServiceDefaults;

public sealed class HealthEndpointsTests
{
    /// <summary>After this long <c>/health</c> is answered without the checks that have not ended.</summary>
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(4);

    private readonly ManualClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_health_endpoint_names_each_check_and_contains_no_secrets()
    {
        await using var service = await StartAsync(checks => checks
            .AddCheck("database", () => HealthCheckResult.Healthy())
            .AddCheck("store", () => throw new InvalidOperationException("Password=secret")));
        using var client = Client(service);

        using var answer = await client.GetAsync(new Uri("/health", UriKind.Relative), Cancel);
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        var byName = JsonElement.Parse(body).GetProperty("checks").EnumerateArray()
            .ToDictionary(check => check.GetProperty("name").GetString()!, check => check.GetProperty("status").GetString());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(("Healthy", "Unhealthy"), (byName["database"], byName["store"]));
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_degraded_service_is_still_ready()
    {
        await using var service = await StartAsync(checks => checks.AddCheck("queue", () => HealthCheckResult.Degraded("Not consuming.")));
        using var client = Client(service);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/health", UriKind.Relative), Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_health_check_that_hangs_is_unhealthy_and_does_not_block_alive()
    {
        using var never = new ManualResetEventSlim();
        await using var service = await StartAsync(checks => checks.AddCheck("hanging", () =>
        {
            never.Wait(Cancel);

            return HealthCheckResult.Healthy();
        }));
        using var client = Client(service);

        var health = client.GetAsync(new Uri("/health", UriKind.Relative), Cancel);
        await _clock.WaitForTimersAsync(s_answerLimit, count: 1, Cancel);
        var alive = await client.GetAsync(new Uri("/alive", UriKind.Relative), Cancel);

        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        Assert.False(health.IsCompleted);
        _clock.Advance(s_answerLimit);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await health).StatusCode);
        never.Set();
    }

    [Fact]
    public async Task Simultaneous_health_probes_share_one_run_of_the_checks()
    {
        var runs = 0;
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await StartAsync(checks => checks.AddAsyncCheck("counted", async cancel =>
        {
            Interlocked.Increment(ref runs);
            await finish.Task.WaitAsync(cancel);

            return HealthCheckResult.Healthy();
        }));
        using var client = Client(service);

        var probes = Enumerable.Range(0, 50).Select(_ => client.GetAsync(new Uri("/health", UriKind.Relative), Cancel)).ToList();
        await _clock.WaitForTimersAsync(s_answerLimit, count: 50, Cancel);
        finish.SetResult();
        await Task.WhenAll(probes);
        Assert.Equal(1, runs);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await client.GetAsync(new Uri("/health", UriKind.Relative), Cancel);
        Assert.Equal(2, runs);
    }

    private async Task<WebApplication> StartAsync(Action<IHealthChecksBuilder> add)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.AddServiceDefaults();
        add(builder.Services.AddHealthChecks());
        var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync(Cancel);

        return app;
    }

    private static HttpClient Client(WebApplication app) => new() { BaseAddress = new Uri(app.Urls.Single()) };
}
