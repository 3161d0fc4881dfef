using BillionHearts.Tests.Distributed;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BillionHearts.Tests.Gallery;

/// <summary>Links for people without an account.</summary>
public sealed class SharingTests(AppHostFixture app, GalleryBrowser browser)
{
    private const string FileName = "my secret wedding.jpg";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stranger_sees_a_share_with_its_password_until_it_is_revoked()
    {
        await using var window = await browser.SignInAsync(app, Cancel);
        var id = (await window.Client.UploadAsync(window.UserId, TestImages.Jpeg(640, 480, seed: 6), FileName, Cancel)).GetProperty("id").GetInt64();
        await window.Client.AnalyzedAsync(id, Cancel);
        await window.GoToAsync($"/photos/{id}");
        await window.Link("Share").First.ClickAsync();
        await window.Page.GetByLabel("Password").FillAsync("confetti");
        Assert.Empty(await window.FaultsOfAccessAsync());
        await window.Button("Make the link").ClickAsync();
        var link = new Uri(await window.Page.GetByLabel("Link").InputValueAsync()).AbsolutePath;
        Assert.Empty(await window.FaultsOfAccessAsync());

        await using var stranger = await browser.OpenAsync(app, link, Cancel);
        await Expect(stranger.Page.GetByRole(AriaRole.Heading, new() { Name = "These photos are protected" })).ToBeVisibleAsync();
        var preview = await PreviewAsync(stranger);
        Assert.Empty(await stranger.FaultsOfAccessAsync());

        await UnlockAsync(stranger, "rice");
        await Expect(stranger.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("That is not the password.");
        await UnlockAsync(stranger, "confetti");
        var picture = stranger.Page.GetByAltText("The shared photo");
        await Expect(picture).ToBeVisibleAsync();
        Assert.Equal(640, await picture.EvaluateAsync<int>("picture => picture.decode().then(() => picture.naturalWidth)"));
        Assert.DoesNotContain(FileName, await stranger.Page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal(preview, await PreviewAsync(stranger));
        Assert.Empty(await stranger.FaultsOfAccessAsync());

        await picture.ClickAsync();
        await Expect(stranger.Page.GetByRole(AriaRole.Dialog, new() { Name = "Photo viewer" })).ToBeVisibleAsync();

        await window.GoToAsync("/sharing");
        await Expect(window.Page.GetByText("With password")).ToBeVisibleAsync();
        Assert.Empty(await window.FaultsOfAccessAsync());
        await window.Page.GetByText("Revoke", new() { Exact = true }).ClickAsync();
        await window.Button("Revoke now").ClickAsync();
        await Expect(window.Page.GetByText("You have shared nothing yet.")).ToBeVisibleAsync();

        var answer = await stranger.GoToAsync(link);
        Assert.Equal((410, "no-referrer"), (answer!.Status, answer.Headers["referrer-policy"]));
        Assert.Contains("noindex", answer.Headers["x-robots-tag"], StringComparison.Ordinal);
        await Expect(stranger.Page.GetByRole(AriaRole.Heading, new() { Name = "This link leads nowhere" })).ToBeVisibleAsync();
        Assert.Equal(preview, await PreviewAsync(stranger));
    }

    /// <summary>All that a service that shows previews of links could take.</summary>
    private static Task<string> PreviewAsync(GalleryWindow window) =>
        window.Page.EvaluateAsync<string>("document.title + [...document.querySelectorAll('meta')].map(meta => meta.outerHTML).join('')");

    private static async Task UnlockAsync(GalleryWindow window, string password)
    {
        await window.Page.GetByLabel("Password").FillAsync(password);
        await window.Button("Show the photos").ClickAsync();
    }
}
