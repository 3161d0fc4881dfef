using Microsoft.Playwright;

namespace BillionHearts.Tests.AppHost;

/// <summary>The system's own Chromium, driven by Playwright: nothing is downloaded.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Path = "/usr/bin/chromium";

    private static readonly string[] s_arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Chromium> StartAsync()
    {
        // This machine may be busy with what was started just before.
        Assertions.SetDefaultExpectTimeout(20_000);
        var playwright = await Playwright.CreateAsync();
        return new Chromium(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Path, Args = s_arguments }));
    }

    /// <summary>A new window, at this address.</summary>
    public async Task<Window> OpenAsync(Uri address)
    {
        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = 1440, Height = 860 },
            // Drawn by the processor, which the tests share.
            ReducedMotion = ReducedMotion.Reduce,
        });
        var page = await context.NewPageAsync();
        await page.GotoAsync(address.ToString());
        return new Window(context, page);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    internal sealed class Window(IBrowserContext context, IPage page) : IAsyncDisposable
    {
        public IPage Page => page;

        public ValueTask DisposeAsync() => context.DisposeAsync();
    }
}
