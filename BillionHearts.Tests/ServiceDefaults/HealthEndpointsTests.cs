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
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_names_each_check_and_tells_no_secrets()
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
    public async Task A_service_that_can_do_less_is_still_ready()
    {
        await using var service = await StartAsync(checks => checks.AddCheck("queue", () => HealthCheckResult.Degraded("Not consuming.")));
        using var client = Client(service);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/health", UriKind.Relative), Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_check_that_hangs_is_answered_for_and_does_not_touch_alive()
    {
        using var never = new ManualResetEventSlim();
        await using var service = await StartAsync(checks => checks.AddCheck("hanging", () =>
        {
            never.Wait(Cancel);

            return HealthCheckResult.Healthy();
        }));
        using var client = Client(service);

        var health = client.GetAsync(new Uri("/health", UriKind.Relative), Cancel);
        var alive = await client.GetAsync(new Uri("/alive", UriKind.Relative), Cancel);

        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await health.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).StatusCode);
        never.Set();
    }

    [Fact]
    public async Task Many_probes_at_once_are_one_run_of_the_checks()
    {
        var runs = 0;
        await using var service = await StartAsync(checks => checks.AddAsyncCheck("counted", async cancel =>
        {
            Interlocked.Increment(ref runs);
            await Task.Delay(200, cancel);

            return HealthCheckResult.Healthy();
        }));
        using var client = Client(service);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.GetAsync(new Uri("/health", UriKind.Relative), Cancel)));

        Assert.Equal(1, runs);
    }

    private static async Task<WebApplication> StartAsync(Action<IHealthChecksBuilder> add)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.AddServiceDefaults();
        add(builder.Services.AddHealthChecks());
        var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync(Cancel);

        return app;
    }

    private static HttpClient Client(WebApplication app) => new() { BaseAddress = new Uri(app.Urls.Single()) };
}
