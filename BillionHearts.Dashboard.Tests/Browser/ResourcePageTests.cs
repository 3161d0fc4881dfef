using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BillionHearts.Dashboard.Tests.Browser;

public sealed class ResourcePageTests(Chromium chromium) : IAsyncLifetime
{
    private FakeHost _host = null!;
    private RunningDashboard _dashboard = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await FakeHost.StartAsync(Cancel);
        SystemUnderView.Describe(_host, TimeProvider.System.GetUtcNow());
        _dashboard = await RunningDashboard.StartAsync(
            Cancel, $"ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL={_host.Address}", $"Dashboard:ResourceServiceClient:ApiKey={FakeHost.Key}");
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_stopped_resource_shows_and_restarts_from_the_page()
    {
        await using var window = await OpenAsync();
        var row = Row(window, "api-1");
        await Expect(row).ToContainTextAsync("Running");
        await window.ScreenshotAsync("resources");

        await row.GetByRole(AriaRole.Button, new() { Name = "Stop api-1", Exact = true }).ClickAsync();
        await Expect(row).ToContainTextAsync("Exited");
        await Expect(window.Page.Locator(".toast")).ToContainTextAsync("Stop api-1");

        await row.GetByRole(AriaRole.Button, new() { Name = "Start api-1", Exact = true }).ClickAsync();
        await Expect(row).ToContainTextAsync("Running");
        Assert.Equal(["stop api-1", "start api-1"], _host.Commands);
        window.AssertQuiet();
    }

    [Fact]
    public async Task A_resource_that_becomes_healthy_does_so_on_the_open_page()
    {
        await using var window = await OpenAsync();
        var row = Row(window, "notifications");
        await Expect(row).ToContainTextAsync("Waiting for messaging to be healthy");

        _host.Set(new() { Id = "notifications", Name = "notifications", Type = "Project", State = "Running", Health = "Unhealthy" });
        await Expect(row).ToContainTextAsync("Running · unhealthy");

        _host.Set(new() { Id = "notifications", Name = "notifications", Type = "Project", State = "Running", Health = "Healthy" });
        await Expect(row.Locator(".state.good")).ToHaveTextAsync("Running");
        window.AssertQuiet();
    }

    [Fact]
    public async Task A_secret_is_masked_until_it_is_asked_for()
    {
        await using var window = await OpenAsync();
        await Row(window, "api-1").GetByText("Project").ClickAsync();

        var details = window.Page.GetByRole(AriaRole.Complementary);
        await Expect(details).ToContainTextAsync("●●●●●●●●");
        await Expect(details).Not.ToContainTextAsync("open-sesame");
        await window.ScreenshotAsync("resource-details");

        await details.Locator("[data-reveal]").ClickAsync();
        await Expect(details).ToContainTextAsync("open-sesame");

        await details.Locator("[data-reveal]").ClickAsync();
        await Expect(details).Not.ToContainTextAsync("open-sesame");
        window.AssertQuiet();
    }

    [Fact]
    public async Task A_command_of_its_own_is_asked_about_first_and_its_answer_is_shown()
    {
        await using var window = await OpenAsync();
        await Row(window, "analysis").GetByLabel("More about analysis").ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Replay dead letters" }).ClickAsync();

        var question = window.Page.GetByRole(AriaRole.Alertdialog);
        await Expect(question).ToContainTextAsync("tried again");
        Assert.Empty(_host.Commands);

        await question.GetByRole(AriaRole.Button, new() { Name = "Replay dead letters" }).ClickAsync();
        await Expect(window.Page.Locator(".toast")).ToContainTextAsync("3 messages replayed.");
        window.AssertQuiet();
    }

    [Fact]
    public async Task The_graph_shows_who_needs_whom_and_opens_details()
    {
        await using var window = await OpenAsync();
        await window.Page.GetByRole(AriaRole.Tab, new() { Name = "Graph" }).ClickAsync();
        await Expect(window.Page.Locator("[data-node]")).ToHaveCountAsync(10);
        await Expect(window.Page.Locator("[data-node=api]")).ToContainTextAsync("api ×2");

        await window.Page.Locator("[data-node=messaging]").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Complementary)).ToContainTextAsync("rabbitmq:4");
        await window.ScreenshotAsync("graph");
        window.AssertQuiet();
    }

    [Fact]
    public async Task What_a_resource_writes_shows_in_its_colours_and_can_be_searched_and_saved()
    {
        await using var window = await OpenAsync();
        await window.GoAsync("/consolelogs/resource/api-1");
        await Expect(window.Page.Locator(".console .line")).ToHaveCountAsync(3);
        await Expect(window.Page.Locator(".console .f2")).ToHaveTextAsync("info");
        await window.ScreenshotAsync("console");

        _host.Write("api-1", "written while the page is open, by the broker");
        await Expect(window.Page.Locator(".console .line")).ToHaveCountAsync(4);

        await window.Page.GetByPlaceholder("Find in this log").FillAsync("broker");
        await Expect(window.Page.Locator(".console .line")).ToHaveCountAsync(2);

        var download = await window.Page.RunAndWaitForDownloadAsync(() => window.Page.Locator("a[download]").ClickAsync());
        var text = await File.ReadAllTextAsync(await download.PathAsync(), Cancel);
        Assert.Contains("info: BillionHearts.Api[0]", text, StringComparison.Ordinal);
        window.AssertQuiet();
    }

    [Fact]
    public async Task Keys_go_from_page_to_page()
    {
        await using var window = await OpenAsync();
        await Expect(window.Page.Locator("[data-resource]").First).ToBeVisibleAsync();

        foreach (var (key, heading) in new[] { ("c", "Console logs"), ("s", "Structured logs"), ("t", "Traces"), ("m", "Metrics"), ("r", "Resources") })
        {
            await window.Page.Keyboard.PressAsync(key);
            await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = heading, Exact = true })).ToBeVisibleAsync();
        }

        await window.Page.Keyboard.PressAsync("?");
        await Expect(window.Page.Locator("#help")).ToBeVisibleAsync();
        window.AssertQuiet();
    }

    [Fact]
    public async Task A_host_that_has_gone_is_said_to_have_gone_and_the_last_state_stays()
    {
        await using var window = await OpenAsync();
        await Expect(Row(window, "api-1")).ToBeVisibleAsync();

        await _host.DisposeAsync();

        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("does not answer");
        await Expect(Row(window, "api-1")).ToBeVisibleAsync();
        window.AssertQuiet();
    }

    private async Task<BrowserWindow> OpenAsync()
    {
        var window = await chromium.OpenAsync(_dashboard.Frontend);
        await window.LogInAsync();
        return window;
    }

    private static ILocator Row(BrowserWindow window, string id) => window.Page.Locator($"[data-resource='{id}']");
}
