using System.Text;
using BillionHearts.Tests.Analysis;
using BillionHearts.Tests.Distributed;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BillionHearts.Tests.Gallery;

/// <summary>The upload page, as its user sees it.</summary>
public sealed class UploadTests(AppHostFixture app, GalleryBrowser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Photos_arrive_and_turn_analyzed_without_a_reload_and_are_there_after_one()
    {
        await using var window = await OpenAsync();
        Assert.Empty(await window.FaultsOfAccessAsync());

        await window.ChooseAsync([.. Enumerable.Range(1, 4).Select(seed => File($"{seed}.jpg", TestImages.Jpeg(640, 480, seed))), File("phone.heic", Samples.Read("tiles.heic"), "")]);

        await Expect(window.Page.GetByText("All 5 photos have arrived").First).ToBeVisibleAsync();
        await Expect(window.List("Arrived").Locator("img")).ToHaveCountAsync(5);
        await Expect(window.List("Arrived").GetByRole(AriaRole.Link, new() { Name = "phone.heic" })).ToBeVisibleAsync();
        Assert.Empty(await window.FaultsOfAccessAsync());

        await window.Page.ReloadAsync();
        await Expect(window.List("Arrived").Locator("img")).ToHaveCountAsync(5);
    }

    [Fact]
    public async Task A_photo_that_is_there_already_is_told_before_a_byte_is_sent()
    {
        await using var window = await OpenAsync();
        var photo = TestImages.Jpeg(320, 240, seed: 17);
        var id = (await window.Client.UploadAsync(window.UserId, photo, "first.jpg", Cancel)).GetProperty("id").GetInt64();
        var sent = new List<string>();
        window.Page.Request += (_, request) => { if (request.Url.Contains("/bff/uploads/", StringComparison.Ordinal)) { sent.Add(request.Url); } };

        await window.ChooseAsync([File("again.jpg", photo)]);

        await Expect(window.List("Already here").GetByRole(AriaRole.Link, new() { Name = "again.jpg" })).ToHaveAttributeAsync("href", $"/photos/{id}");
        Assert.Empty(sent);
        Assert.Empty(await window.FaultsOfAccessAsync());

        await window.Button("Send anyway: again.jpg").ClickAsync();
        await Expect(window.List("Arrived").GetByRole(AriaRole.Link, new() { Name = "again.jpg" })).ToBeVisibleAsync();
        Assert.NotEmpty(sent);
    }

    [Fact]
    public async Task What_is_no_photo_is_refused_in_plain_words()
    {
        await using var window = await OpenAsync();

        await window.ChooseAsync(
            [File("letter.txt", "Dear Ada"u8.ToArray(), "text/plain"), File("nothing.png", []), File("letter.jpg", Encoding.UTF8.GetBytes(new string('a', 20_000)))]);

        var refused = window.List("Need your attention").GetByRole(AriaRole.Listitem);
        await Expect(refused).ToHaveCountAsync(3);
        await Expect(refused.Filter(new() { HasText = "letter.txt" })).ToContainTextAsync("TXT is not accepted. Photos may be JPEG, PNG, WebP, GIF, AVIF or HEIC.");
        await Expect(refused.Filter(new() { HasText = "nothing.png" })).ToContainTextAsync("The file is empty.");
        await Expect(refused.Filter(new() { HasText = "letter.jpg" })).ToContainTextAsync("The file is not a known image. Accepted: jpeg, png, webp, gif, avif, heic.");
        Assert.Empty(await window.FaultsOfAccessAsync());

        await window.Button("Dismiss: letter.txt").ClickAsync();
        await Expect(refused).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task An_upload_is_paused_and_goes_on_after_a_reload_where_it_was()
    {
        await using var window = await OpenAsync();
        using var photo = new PhotoFile();
        await window.LimitAsync(1_000_000);

        await window.ChooseAsync(photo);
        await window.HasSentAsync(2_000_000, Cancel);
        await window.Button("Pause all").ClickAsync();
        await window.Page.ReloadAsync();
        await window.LimitAsync(-1);
        var resumed = window.Page.WaitForRequestAsync(request => request.Method is "PATCH");
        await window.Button("Continue").First.ClickAsync();

        Assert.NotEqual("0", await (await resumed).HeaderValueAsync("Upload-Offset"));
        await photo.AssertIsAsync(await window.ArrivedAsync("photo.jpg"), window.Client, window.UserId, Cancel);
    }

    private async Task<GalleryWindow> OpenAsync()
    {
        var window = await browser.SignInAsync(app, Cancel);
        await window.GoToAsync("/upload");
        return window;
    }

    private static FilePayload File(string name, byte[] bytes, string type = "image/jpeg") => new() { Name = name, MimeType = type, Buffer = bytes };
}

/// <summary>Replicas of the api that are killed while a browser uploads.</summary>
[Collection(typeof(Outages))]
public sealed class UploadOutageTests(AppHostFixture app, GalleryBrowser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_of_a_browser_goes_on_when_every_api_is_killed_in_the_middle_of_it()
    {
        var running = await app.AppAsync(Cancel);
        await using var window = await browser.SignInAsync(app, Cancel);
        using var photo = new PhotoFile();
        await window.GoToAsync("/upload");
        await window.LimitAsync(1_500_000);

        await window.ChooseAsync(photo);
        await window.HasSentAsync(3_000_000, Cancel);
        var killed = await Task.WhenAll(TopologyCommands.ApiReplicas.Select(replica => running.KillAsync(replica, Cancel)));
        await window.LimitAsync(-1);

        foreach (var (replica, pid) in TopologyCommands.ApiReplicas.Zip(killed))
        {
            await running.RestartedAsync(replica, pid, Cancel);
        }

        await photo.AssertIsAsync(await window.ArrivedAsync("photo.jpg"), window.Client, window.UserId, Cancel);
    }
}
