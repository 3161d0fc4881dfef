using Microsoft.Playwright;

namespace BillionHearts.Tests.AppHost;

/// <summary>Screenshots of what a test sees. Those in the README are made with it.</summary>
internal static class Screenshots
{
    /// <summary>Saves a screenshot in the folder of the variable <c>DASHBOARD_SCREENSHOTS</c>, if it is set.</summary>
    public static async Task TakeAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("DASHBOARD_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }
}
