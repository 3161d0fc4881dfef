using System.Net;
using BillionHearts.Tests.Distributed;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BillionHearts.Tests.Gallery;

/// <summary>The grid of photos, in a browser.</summary>
public sealed class PhotoGridTests(AppHostFixture app, GalleryBrowser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_search_and_a_filter_narrow_the_grid_and_are_removed_again()
    {
        await using var window = await browser.SignInAsync(app, Cancel);
        await Expect(window.Link("Upload your first photos")).ToBeVisibleAsync();
        await UploadAsync(window, "harbour.jpg", "harvest.jpg", "mountain.jpg");

        await window.GoToAsync("/");
        await Expect(Photos(window)).ToHaveCountAsync(3);
        Assert.Empty(await window.FaultsOfAccessAsync());

        await window.Page.GetByRole(AriaRole.Searchbox).FillAsync("har");
        await window.Page.GetByRole(AriaRole.Searchbox).PressAsync("Enter");
        await Expect(Photos(window)).ToHaveCountAsync(2);

        await window.GoToAsync("/?q=har&min_width=100000");
        await Expect(Photos(window)).ToHaveCountAsync(0);
        await Expect(window.Page.GetByText("No photo matches")).ToBeVisibleAsync();

        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Remove the filter At least this wide" }).ClickAsync();
        await Expect(Photos(window)).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Shift_selects_a_range_and_a_deletion_is_undone_or_carried_out()
    {
        await using var window = await browser.SignInAsync(app, Cancel);
        var ids = await UploadAsync(window, "a.jpg", "b.jpg", "c.jpg", "d.jpg");
        await window.GoToAsync("/");

        // The newest, d, comes first.
        await Box(window, "d.jpg").CheckAsync();
        await Box(window, "b.jpg").ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(window.Page.GetByText("3 photos selected")).ToBeVisibleAsync();
        Assert.Empty(await window.FaultsOfAccessAsync());

        await window.Button("Delete").ClickAsync();
        await Expect(Photos(window)).ToHaveCountAsync(1);
        await window.Button("Undo").ClickAsync();
        await Expect(Photos(window)).ToHaveCountAsync(4);

        await Box(window, "a.jpg").CheckAsync();
        await window.Button("Delete").ClickAsync();
        await Expect(Photos(window)).ToHaveCountAsync(3);
        // Whoever leaves the page undoes nothing any more.
        await window.GoToAsync("/sign-in");

        await Eventually.ReadAsync(
            async cancel =>
            {
                using var response = await window.Client.Http.GetAsync($"/images/{ids[0]}", cancel);
                return response.StatusCode;
            },
            until: status => status is HttpStatusCode.NotFound, TimeSpan.FromSeconds(30), Cancel);
        await window.GoToAsync("/");
        await Expect(Photos(window)).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task The_keyboard_alone_selects_and_opens_a_photo()
    {
        await using var window = await browser.SignInAsync(app, Cancel);
        var ids = await UploadAsync(window, "first.jpg", "second.jpg", "third.jpg");
        await window.GoToAsync("/");
        await Expect(Box(window, "third.jpg")).ToBeAttachedAsync();

        while (await window.Page.EvaluateAsync<bool>("!document.activeElement.closest('.tile')"))
        {
            await window.Page.Keyboard.PressAsync("Tab");
        }

        await window.Page.Keyboard.PressAsync("ArrowRight");
        await window.Page.Keyboard.PressAsync("Space");
        await Expect(Box(window, "second.jpg")).ToBeCheckedAsync();
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(Box(window, "second.jpg")).Not.ToBeCheckedAsync();
        await window.Page.Keyboard.PressAsync("ArrowRight");
        await window.Page.Keyboard.PressAsync("Enter");

        await Expect(window.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/photos/{ids[0]}$"));
    }

    [Fact]
    public async Task A_reader_without_scripts_sees_the_photos_and_nobody_those_of_another()
    {
        await using var window = await browser.SignInAsync(app, Cancel);
        await UploadAsync(window, "mine.jpg");
        await using var other = await browser.SignInAsync(app, Cancel);
        var (theirs, _) = (await UploadAsync(other, "theirs.jpg"), await other.GoToAsync("/"));

        await window.Page.RouteAsync("**/assets/**", route => route.AbortAsync());
        await window.GoToAsync("/");

        await Expect(Photos(window)).ToHaveCountAsync(1);
        await Expect(Photos(window).GetByText("mine.jpg").Or(Photos(window).GetByAltText("mine.jpg"))).ToHaveCountAsync(1);
        await window.GoToAsync($"/?q=theirs");
        await Expect(window.Page.GetByText("No photo matches")).ToBeVisibleAsync();
        Assert.Equal(403, await window.Page.EvaluateAsync<int>($"fetch('/bff/users/{other.UserId}/images').then(answer => answer.status)"));
        Assert.Equal(404, await window.Page.EvaluateAsync<int>($"fetch('/bff/users/{window.UserId}/images?ids={theirs[0]}').then(answer => answer.status)"));
        Assert.Equal(404, await window.Page.EvaluateAsync<int>($"fetch('/bff/users/{window.UserId}/images/export?ids={theirs[0]}').then(answer => answer.status)"));
    }

    private static ILocator Photos(GalleryWindow window) => window.Page.Locator(".tile");

    private static ILocator Box(GalleryWindow window, string name) => window.Page.GetByRole(AriaRole.Checkbox, new() { Name = $"Select {name}" });

    /// <summary>In this order, so the last one is the newest.</summary>
    private static async Task<List<long>> UploadAsync(GalleryWindow window, params IEnumerable<string> names)
    {
        var ids = new List<long>();

        foreach (var name in names)
        {
            var image = await window.Client.UploadAsync(window.UserId, TestImages.Jpeg(320, 240), name, Cancel);
            ids.Add(image.GetProperty("id").GetInt64());
        }

        return ids;
    }
}
