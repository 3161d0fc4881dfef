using Microsoft.Playwright;

namespace BillionHearts.Tests.AppHost;

/// <summary>Pictures of what a test sees, where a person can look at them: those of the README are made so.</summary>
internal static class Pictures
{
    /// <summary>Takes one into the folder that the variable <c>DASHBOARD_SCREENSHOTS</c> names; none without it.</summary>
    public static async Task TakeAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("DASHBOARD_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }
}
