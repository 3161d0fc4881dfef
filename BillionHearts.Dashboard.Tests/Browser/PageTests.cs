using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BillionHearts.Dashboard.Tests.Browser;

public sealed class PageTests(Chromium chromium)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_sees_a_page_without_the_token_and_a_wrong_one_is_said_to_be_wrong()
    {
        await using var dashboard = await RunningDashboard.StartAsync(Cancel);
        await using var window = await chromium.OpenAsync(dashboard.Frontend);

        await window.Page.GotoAsync("/traces");
        await Expect(window.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/login"));

        await window.Page.GetByLabel("Token").FillAsync("wrong");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not the token");
        await window.ScreenshotAsync("login");

        await window.Page.GetByLabel("Token").FillAsync(RunningDashboard.Token);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "Traces" })).ToBeVisibleAsync();
        window.AssertQuiet();
    }

    [Fact]
    public async Task An_uploads_trace_opens_as_one_waterfall_over_four_services()
    {
        await using var dashboard = await RunningDashboard.StartAsync(Cancel);
        using var upload = new Upload(dashboard);
        var now = TimeProvider.System.GetUtcNow();
        var traceId = upload.Run(now.AddSeconds(-2));
        upload.Run(now.AddSeconds(-1), fails: true);
        upload.Flush();

        await using var window = await chromium.OpenAsync(dashboard.Frontend);
        await window.LogInAsync();
        await window.GoAsync("/traces");
        var link = window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = traceId[..7] }).GetByRole(AriaRole.Link);
        await Expect(link).ToBeVisibleAsync();
        await window.ScreenshotAsync("traces");
        await link.ClickAsync();

        await Expect(window.Page.Locator("[data-fact=resources]")).ToHaveTextAsync("4");
        await Expect(window.Page.Locator("[data-fact=spans]")).ToHaveTextAsync("11");
        await Expect(window.Page.Locator(".row.span")).ToHaveCountAsync(11);
        await Expect(window.Page.Locator(".peer").First).ToContainTextAsync("127.0.0.1:10000");

        await window.Page.Locator(".row.span").Filter(new() { HasText = "analysis.fresh process" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Complementary)).ToContainTextAsync("rabbitmq");
        await window.ScreenshotAsync("trace");

        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(window.Page.GetByRole(AriaRole.Complementary)).ToHaveCountAsync(0);
        window.AssertQuiet();
    }

    [Fact]
    public async Task A_failed_span_is_marked_and_shows_its_exception()
    {
        await using var dashboard = await RunningDashboard.StartAsync(Cancel);
        using var upload = new Upload(dashboard);
        var traceId = upload.Run(TimeProvider.System.GetUtcNow(), fails: true);
        upload.Flush();

        await using var window = await chromium.OpenAsync(dashboard.Frontend, theme: "dark");
        await window.LogInAsync();
        await window.GoAsync($"/traces/detail/{traceId}");
        await window.Page.Locator(".row.span.bad").ClickAsync();

        await Expect(window.Page.GetByRole(AriaRole.Complementary)).ToContainTextAsync("cut off after 4096");
        await window.ScreenshotAsync("trace-failed-dark");
        window.AssertQuiet();
    }

    [Fact]
    public async Task A_histogram_draws_its_percentiles_and_a_counter_its_rate()
    {
        await using var dashboard = await RunningDashboard.StartAsync(Cancel);
        using var upload = new Upload(dashboard);

        // Two readings apart in time are what a rate is made of.
        for (var i = 0; i < 4; i++)
        {
            upload.Run(TimeProvider.System.GetUtcNow());
            upload.Flush();
            await Task.Delay(TimeSpan.FromMilliseconds(1100), Cancel);
        }

        await using var window = await chromium.OpenAsync(dashboard.Frontend);
        await window.LogInAsync();
        await window.GoAsync("/metrics?minutes=1");
        await window.Page.Locator("[data-instrument='billionhearts.upload.duration']").ClickAsync();

        foreach (var percentile in new[] { "P50", "P90", "P99" })
        {
            await Expect(window.Page.Locator($"path[data-line='{percentile}']")).ToHaveAttributeAsync("d", new System.Text.RegularExpressions.Regex(@"^M[\d.]+ [\d.]+"));
        }

        await Expect(window.Page.Locator("a.dot").First).ToBeVisibleAsync();
        await window.ScreenshotAsync("metrics-histogram");

        await window.Page.Locator("[data-instrument='billionhearts.uploads']").ClickAsync();
        await Expect(window.Page.Locator("path[data-line=kept]")).ToHaveAttributeAsync("d", new System.Text.RegularExpressions.Regex(@"L[\d.]+ [\d.]+"));
        await window.ScreenshotAsync("metrics-counter");

        await window.Page.GetByRole(AriaRole.Tab, new() { Name = "Table" }).ClickAsync();
        await Expect(window.Page.Locator("table.numbers tbody tr")).ToHaveCountAsync(60);
        window.AssertQuiet();
    }
}
