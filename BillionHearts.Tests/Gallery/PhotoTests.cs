using System.Text.RegularExpressions;
using BillionHearts.Tests.Distributed;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BillionHearts.Tests.Gallery;

/// <summary>The page of one photo, and the viewer over it.</summary>
public sealed class PhotoTests(AppHostFixture app, GalleryBrowser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_photo_appears_by_itself_and_is_viewed_by_swipe_and_keys()
    {
        await using var window = await browser.SignInAsync(app, Cancel);
        var (first, second, page) = (await UploadAsync(window, 1), await UploadAsync(window, 2), window.Page);
        await window.GoToAsync($"/photos/{second}");

        // Its analysis may still be running; nothing loads the page again.
        await Expect(page.Locator(".photo-frame img")).ToBeVisibleAsync();
        await Expect(page.GetByText("Result stored")).ToBeVisibleAsync();
        Assert.Empty(await window.FaultsOfAccessAsync());

        await page.Locator(".photo-frame a").ClickAsync();
        var viewer = page.GetByRole(AriaRole.Dialog, new() { Name = "Photo viewer" });
        await Expect(viewer.Locator(".pswp__item[aria-hidden=false] img.pswp__img").Last).ToBeVisibleAsync();
        // Its neighbours are asked for once it is open.
        await Expect(viewer.GetByText("photo 1 of 2")).ToBeAttachedAsync();
        // Once it has faded in it has the focus, and takes keys.
        await Expect(viewer).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await AtAsync(first);
        // More than half of the window, which turns the page however slowly the hand moves.
        await SwipeAsync(page, by: 1100);
        await AtAsync(second);

        await page.Keyboard.PressAsync("i");
        await Expect(viewer.GetByRole(AriaRole.Heading, new() { Name = "What has happened" })).ToBeVisibleAsync();
        await Expect(viewer.GetByText("2.jpg").First).ToBeVisibleAsync();
        Assert.Empty(await window.FaultsOfAccessAsync());

        await page.GoBackAsync();
        await Expect(viewer).ToHaveCountAsync(0);
        await Expect(page.Locator(".photo-frame a")).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("1.jpg");

        Task AtAsync(long id) => Expect(page).ToHaveURLAsync(new Regex($"/photos/{id}$"));
    }

    [Fact]
    public async Task A_photo_is_renamed_gets_a_receipt_and_is_deleted()
    {
        await using var window = await browser.SignInAsync(app, Cancel);
        var (id, page) = (await UploadAsync(window, 3), window.Page);
        await window.Client.AnalyzedAsync(id, Cancel);
        await window.GoToAsync($"/photos/{id}");

        await page.GetByText("Rename").ClickAsync();
        await page.GetByLabel("Name").FillAsync("Holiday.jpg");
        await window.Button("Save").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Holiday.jpg");

        await window.Link("Receipt").ClickAsync();
        await Expect(page.GetByText("It is safe to delete this photo from your phone or camera.")).ToBeVisibleAsync();
        Assert.Empty(await window.FaultsOfAccessAsync());
        var receipt = await page.RunAndWaitForDownloadAsync(() => window.Link("Download the signed receipt").ClickAsync());
        Assert.Contains("\"signature\"", await File.ReadAllTextAsync(await receipt.PathAsync(), Cancel), StringComparison.Ordinal);

        await window.Link("Back to the photo").ClickAsync();
        await page.GetByText("Delete", new() { Exact = true }).ClickAsync();
        await window.Button("Delete for good").ClickAsync();
        await page.WaitForURLAsync(address => new Uri(address).AbsolutePath is "/");
        Assert.Equal(404, (await window.GoToAsync($"/photos/{id}"))!.Status);
    }

    [Fact]
    public async Task The_best_of_two_near_duplicates_is_kept_and_the_other_comes_back()
    {
        await using var window = await browser.SignInAsync(app, Cancel);
        using var scene = TestImages.Scene(800, 600, seed: 4);
        using var half = scene.Resize(0.5);
        var large = (await window.Client.UploadAsync(window.UserId, TestImages.Jpeg(scene), "large.jpg", Cancel)).GetProperty("id").GetInt64();
        var small = (await window.Client.UploadAsync(window.UserId, TestImages.Jpeg(half), "small.jpg", Cancel)).GetProperty("id").GetInt64();
        await window.Client.AnalyzedAsync(large, Cancel);
        await window.Client.AnalyzedAsync(small, Cancel);
        await window.GoToAsync($"/photos/{small}");
        Assert.Empty(await window.FaultsOfAccessAsync());

        await window.Button("Keep the best").ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(new Regex($"/photos/{large}$"));
        await Expect(window.Page.GetByText("1 near-duplicate is hidden behind this photo.")).ToBeVisibleAsync();
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "Near-duplicates" })).ToHaveCountAsync(0);

        await window.Button("Undo").ClickAsync();
        await Expect(window.Link("small.jpg")).ToBeVisibleAsync();
        await Expect(window.Button("Undo")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Another_users_photo_answers_as_one_that_does_not_exist()
    {
        await using var owner = await browser.SignInAsync(app, Cancel);
        await using var other = await browser.SignInAsync(app, Cancel);
        var id = await UploadAsync(owner, 5);

        foreach (var page in new[] { "", "/receipt" })
        {
            var (foreign, said) = await AskAsync($"/photos/{id}{page}");

            Assert.Equal(404, foreign);
            Assert.Equal((foreign, said), await AskAsync($"/photos/{long.MaxValue}{page}"));
        }

        async Task<(int, string)> AskAsync(string path) => ((await other.GoToAsync(path))!.Status, await other.Page.Locator("main").InnerTextAsync());
    }

    private static async Task<long> UploadAsync(GalleryWindow window, int seed) =>
        (await window.Client.UploadAsync(window.UserId, TestImages.Jpeg(640, 480, seed), $"{seed}.jpg", Cancel)).GetProperty("id").GetInt64();

    private static async Task SwipeAsync(IPage page, int by)
    {
        await page.Mouse.MoveAsync(150, 400);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(150 + by, 400, new() { Steps = 10 });
        await page.Mouse.UpAsync();
    }
}
