using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace BillionHearts.Dashboard.Tests.Browser;

internal sealed class BrowserWindow : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = [];

    public BrowserWindow(IBrowserContext context, IPage page, Uri address)
    {
        (_context, Page) = (context, page);

        page.SetDefaultTimeout(20_000);
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Console += (_, message) => Complain(message);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("data:", StringComparison.Ordinal) && new Uri(request.Url).Authority != address.Authority)
            {
                _complaints.Enqueue($"A request left this machine's dashboard: {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    public async Task LogInAsync()
    {
        await GoAsync($"/login?t={RunningDashboard.Token}");
    }

    /// <summary>To a page, and until it answers to clicks.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await Assertions.Expect(Page.Locator(".shell[data-live]")).ToBeVisibleAsync();
    }

    /// <summary>Wide and narrow, light and dark, kept where a person can look at them; when asked for.</summary>
    public async Task ScreenshotAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("DASHBOARD_SCREENSHOTS") is not { Length: > 0 } folder)
        {
            return;
        }

        foreach (var theme in new[] { ColorScheme.Dark, ColorScheme.Light })
        {
            foreach (var (width, height) in new[] { (800, 900), (1440, 900) })
            {
                await Page.EmulateMediaAsync(new() { ColorScheme = theme });
                await Page.SetViewportSizeAsync(width, height);
                await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{theme}-{width}.png".ToLowerInvariant()) });
            }
        }
    }

    /// <summary>Nothing broken, nothing blocked by the content policy, nothing asked of another host.</summary>
    public void AssertQuiet() => Assert.Empty(_complaints);

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Complain(IConsoleMessage message)
    {
        // A refused login is an error to the browser's console, and to nobody else.
        if (message.Type is "error" or "warning" && !message.Text.Contains("401", StringComparison.Ordinal))
        {
            _complaints.Enqueue($"{message.Type}: {message.Text}");
        }
    }
}
