using BillionHearts.Tests.Distributed;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BillionHearts.Tests.Gallery;

/// <summary>What tests do on the upload page.</summary>
internal static class UploadPage
{
    /// <summary>The list of the photos in one state.</summary>
    public static ILocator List(this GalleryWindow window, string title) => window.Page.GetByRole(AriaRole.Region, new() { Name = title });

    public static Task ChooseAsync(this GalleryWindow window, IEnumerable<FilePayload> files) => window.Chooser().SetInputFilesAsync(files);

    public static Task ChooseAsync(this GalleryWindow window, PhotoFile photo) => window.Chooser().SetInputFilesAsync(photo.FilePath);

    /// <param name="bytesPerSecond">-1: as fast as it goes.</param>
    public static async Task LimitAsync(this GalleryWindow window, int bytesPerSecond)
    {
        var session = await window.Page.Context.NewCDPSessionAsync(window.Page);
        await session.SendAsync("Network.enable");
        await session.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object>
        {
            ["offline"] = false,
            ["latency"] = 0,
            ["downloadThroughput"] = -1,
            ["uploadThroughput"] = bytesPerSecond,
        });
    }

    /// <summary>Waits until so many bytes of a <see cref="PhotoFile"/> are on their way.</summary>
    public static async Task HasSentAsync(this GalleryWindow window, int bytes, CancellationToken cancellationToken) => await Eventually.ReadAsync(
        _ => window.Page.Locator("#summary progress").EvaluateAsync<double>("bar => bar.value"),
        until: share => share * PhotoFile.Length >= bytes,
        TimeSpan.FromSeconds(60),
        cancellationToken);

    /// <returns>The address of the photo in the API.</returns>
    public static async Task<string> ArrivedAsync(this GalleryWindow window, string name)
    {
        var link = window.List("Arrived").GetByRole(AriaRole.Link, new() { Name = name });
        await Expect(link).ToBeVisibleAsync(new() { Timeout = 120_000 });

        return (await link.GetAttributeAsync("href"))!.Replace("/photos/", "/images/", StringComparison.Ordinal);
    }

    private static ILocator Chooser(this GalleryWindow window) => window.Page.GetByLabel("Choose photos");
}
