using Google.Protobuf;
using Microsoft.Playwright;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using static Microsoft.Playwright.Assertions;

namespace BillionHearts.Dashboard.Tests.Browser;

public sealed class LogPageTests(Chromium chromium) : IAsyncLifetime
{
    private RunningDashboard _dashboard = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _dashboard = await RunningDashboard.StartAsync(Cancel);

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Fact]
    public async Task Logs_are_filtered_by_resource_level_and_text_and_arrive_on_the_open_page()
    {
        await SendAsync("api", SeverityNumber.Info, "Image 1 was kept");
        await SendAsync("api", SeverityNumber.Warn, "Image 2 took long");
        await SendAsync("analysis", SeverityNumber.Error, "Image 3 cannot be read");
        await using var window = await OpenAsync();
        var rows = window.Page.Locator("table.logs tbody tr[class]");
        await Expect(rows).ToHaveCountAsync(3);
        await window.ScreenshotAsync("logs");

        await window.Page.GetByLabel("Level", new() { Exact = true }).SelectOptionAsync("Warning");
        await Expect(rows).ToHaveCountAsync(2);
        await window.Page.GetByLabel("Resource", new() { Exact = true }).SelectOptionAsync("api");
        await Expect(rows).ToContainTextAsync(["Image 2 took long"]);

        await window.GoAsync("/structuredlogs");
        await window.Page.GetByPlaceholder("Filter messages and attributes").FillAsync("cannot");
        await Expect(rows).ToContainTextAsync(["Image 3 cannot be read"]);

        await SendAsync("analysis", SeverityNumber.Error, "Image 4 cannot be read either");
        await Expect(rows).ToHaveCountAsync(2);
        window.AssertQuiet();
    }

    [Fact]
    public async Task A_log_leads_to_its_trace_and_the_trace_to_its_logs()
    {
        using var upload = new Upload(_dashboard);
        var trace = upload.Run(TimeProvider.System.GetUtcNow());
        upload.Flush();
        await SendAsync("api", SeverityNumber.Info, "Image 1 was kept", trace);
        await SendAsync("api", SeverityNumber.Info, "Nothing to do with it");
        await using var window = await OpenAsync();

        await window.Page.GetByRole(AriaRole.Link, new() { Name = trace[..8] }).ClickAsync();
        await Expect(window.Page.Locator("[data-fact=spans]")).ToHaveTextAsync("11");

        var logs = window.Page.Locator("header.bar").GetByRole(AriaRole.Link, new() { Name = "Logs" });
        await Expect(logs).ToContainTextAsync("1");
        await logs.ClickAsync();
        await Expect(window.Page.Locator("table.logs tbody tr[class]")).ToContainTextAsync(["Image 1 was kept"]);
        window.AssertQuiet();
    }

    [Fact]
    public async Task What_a_sender_writes_is_shown_as_it_is_and_run_as_nothing()
    {
        const string Hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>\u001b[31m\u202egnp.exe";
        await SendAsync("<b>api</b>", SeverityNumber.Fatal, Hostile, attribute: new string('x', 1024 * 1024));
        await using var window = await OpenAsync();
        var row = window.Page.Locator("table.logs tbody tr[class]");

        await Expect(row).ToContainTextAsync("<img src=x onerror=alert(1)><script>alert(2)</script>␛[31m\ufffdgnp.exe");
        await row.GetByRole(AriaRole.Button).PressAsync("Enter");
        var details = window.Page.GetByRole(AriaRole.Complementary);
        await Expect(details).ToContainTextAsync("<b>api</b>");
        await Expect(details).ToContainTextAsync("xxxxxxxx…");
        await Expect(window.Page.Locator("img[src=x], main script, main b > *")).ToHaveCountAsync(0);
        await window.ScreenshotAsync("log-hostile");
        window.AssertQuiet();
    }

    [Fact]
    public async Task Keys_go_to_the_pages_and_to_the_filter_and_the_help_tells_them()
    {
        await using var window = await OpenAsync();
        var heading = window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 });

        foreach (var (key, title) in new[] { ("t", "Traces"), ("m", "Metrics"), ("s", "Structured logs") })
        {
            await window.Page.Keyboard.PressAsync(key);
            await Expect(heading).ToHaveTextAsync(title);
        }

        await window.Page.Keyboard.PressAsync("/");
        await Expect(window.Page.GetByPlaceholder("Filter messages and attributes")).ToBeFocusedAsync();
        await window.Page.Keyboard.TypeAsync("t");
        await Expect(heading).ToHaveTextAsync("Structured logs");

        await window.Page.Keyboard.PressAsync("Escape");
        await window.Page.Keyboard.PressAsync("?");
        await Expect(window.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Structured logs");
        await window.ScreenshotAsync("help");
        window.AssertQuiet();
    }

    [Fact]
    public async Task The_theme_follows_the_system_until_one_is_chosen_and_is_remembered()
    {
        await using var window = await chromium.OpenAsync(_dashboard.Frontend, theme: "dark");
        await window.LogInAsync();
        await window.GoAsync("/traces");
        await Expect(window.Page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(21, 23, 27)");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Theme" }).ClickAsync();
        await Expect(window.Page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(246, 247, 249)");

        await window.GoAsync("/metrics");
        await Expect(window.Page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(246, 247, 249)");
        window.AssertQuiet();
    }

    private async Task<BrowserWindow> OpenAsync()
    {
        var window = await chromium.OpenAsync(_dashboard.Frontend);
        await window.LogInAsync();
        await window.GoAsync("/structuredlogs");
        return window;
    }

    private async Task SendAsync(string service, SeverityNumber severity, string message, string? trace = null, string attribute = "1")
    {
        var record = new LogRecord
        {
            TimeUnixNano = (ulong)(TimeProvider.System.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * 100,
            SeverityNumber = severity,
            Body = new() { StringValue = message },
            Attributes = { Text("ImageId", attribute) },
            TraceId = trace is null ? ByteString.Empty : ByteString.CopyFrom(Convert.FromHexString(trace)),
        };
        var request = new ExportLogsServiceRequest
        {
            ResourceLogs = { new ResourceLogs { Resource = new() { Attributes = { Text("service.name", service) } }, ScopeLogs = { new ScopeLogs { Scope = new() { Name = "BillionHearts.Api.Images" }, LogRecords = { record } } } } },
        };

        using var client = new HttpClient { BaseAddress = _dashboard.OtlpHttp };
        using var content = new ByteArrayContent(request.ToByteArray()) { Headers = { ContentType = new("application/x-protobuf") } };
        content.Headers.Add("x-otlp-api-key", RunningDashboard.ApiKey);
        using var answer = await client.PostAsync("/v1/logs", content, Cancel);
        answer.EnsureSuccessStatusCode();
    }

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new() { StringValue = value } };
}
