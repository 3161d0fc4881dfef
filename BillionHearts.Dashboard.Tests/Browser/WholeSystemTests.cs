using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BillionHearts.Dashboard.Tests.Browser;

/// <summary>What a person sees who has typed <c>./run</c> and opened the address that it printed.</summary>
public sealed class WholeSystemTests(Chromium chromium, WholeSystem system) : IClassFixture<WholeSystem>
{
    // Ten servers start on two processors.
    private const float StartLimit = 120_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_resource_turns_healthy_and_the_addresses_that_matter_are_links()
    {
        await using var window = await OpenAsync();

        foreach (var id in new[] { "postgres", "imagesdb", "messaging", "blobs", "api-1", "api-2", "analysis", "notifications", "gateway" })
        {
            await Expect(State(window, id)).ToHaveTextAsync("Running", new() { Timeout = StartLimit });
        }

        await Expect(State(window, "migrations")).ToHaveTextAsync("Finished");
        await Expect(Row(window, "gateway").GetByRole(AriaRole.Link, new() { Name = "API reference" })).ToHaveAttributeAsync("href", new Regex(@"^http://localhost:\d+/docs$"));
        await Expect(Row(window, "messaging").GetByRole(AriaRole.Link, new() { Name = "RabbitMQ management" })).ToBeVisibleAsync();
        await window.ScreenshotAsync("system-resources");
        window.AssertQuiet();
    }

    [Fact]
    public async Task A_stopped_service_shows_as_stopped_and_runs_again_from_the_page()
    {
        await using var window = await OpenAsync();
        await Expect(State(window, "analysis")).ToHaveTextAsync("Running", new() { Timeout = StartLimit });

        await Row(window, "analysis").Locator("[data-command=stop]").ClickAsync();
        await Expect(State(window, "analysis")).ToHaveTextAsync(new Regex("^Exited"));

        await Row(window, "analysis").Locator("[data-command=start]").ClickAsync();
        await Expect(State(window, "analysis")).ToHaveTextAsync("Running", new() { Timeout = StartLimit });
        window.AssertQuiet();
    }

    [Fact]
    public async Task An_upload_opens_as_one_waterfall_from_the_api_to_the_notification()
    {
        // The first spans of a process are mostly its compilation.
        for (var i = 0; i < 4; i++)
        {
            await system.UploadAsync(ActivityTraceId.CreateRandom(), Cancel);
        }

        var traceId = ActivityTraceId.CreateRandom();
        await system.UploadAsync(traceId, Cancel);

        await using var window = await OpenAsync();
        await window.GoAsync($"/traces/detail/{traceId}");

        foreach (var service in new[] { "api", "analysis", "notifications" })
        {
            await Expect(window.Page.Locator(".row.span .who").Filter(new() { HasText = service }).First).ToBeVisibleAsync(new() { Timeout = StartLimit });
        }

        // Those that send no spans of their own are seen by what was asked of them.
        foreach (var peer in new[] { "postgresql", "127.0.0.1:" })
        {
            await Expect(window.Page.Locator(".row.span .peer").Filter(new() { HasText = peer }).First).ToBeVisibleAsync();
        }

        await window.ScreenshotAsync("system-trace");
        window.AssertQuiet();
    }

    [Fact]
    public async Task The_duration_of_uploads_draws_a_chart()
    {
        await system.UploadAsync(ActivityTraceId.CreateRandom(), Cancel);

        await using var window = await OpenAsync();
        await window.GoAsync("/metrics?resource=api");
        await window.Page.Locator("[data-instrument='billionhearts.upload.duration']").First.ClickAsync();
        await Expect(window.Page.Locator("path[data-line=P99]").First).ToHaveAttributeAsync("d", new Regex(@"^M[\d.]+ [\d.]+"));
        await window.ScreenshotAsync("system-metrics");
        window.AssertQuiet();
    }

    private async Task<BrowserWindow> OpenAsync()
    {
        var login = await system.LoginAsync(Cancel);
        var window = await chromium.OpenAsync(new(login.GetLeftPart(UriPartial.Authority)));
        // The first page is asked for while ten servers start.
        window.Page.SetDefaultTimeout(StartLimit);
        await window.GoAsync(login.PathAndQuery);
        return window;
    }

    private static ILocator Row(BrowserWindow window, string id) => window.Page.Locator($"[data-resource='{id}']");

    private static ILocator State(BrowserWindow window, string id) => Row(window, id).Locator(".state");
}
