using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(BillionHearts.Dashboard.Tests.Browser.Chromium))]

namespace BillionHearts.Dashboard.Tests.Browser;

/// <summary>The system's own Chromium, driven by Playwright: nothing is downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] s_paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly string[] s_arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        var path = s_paths.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"The browser tests need Chromium at {s_paths[0]}: apt-get install chromium.");

        // This machine may be building something else at the same time.
        Assertions.SetDefaultExpectTimeout(20_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = s_arguments });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>A new window without cookies. What it says in its console, and asks of other hosts, fails the test that opened it.</summary>
    internal async Task<BrowserWindow> OpenAsync(Uri address, string theme = "light")
    {
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = address.ToString(),
            ViewportSize = new() { Width = 1440, Height = 860 },
            ColorScheme = theme is "dark" ? ColorScheme.Dark : ColorScheme.Light,
        });

        return new(context, await context.NewPageAsync(), address);
    }
}
