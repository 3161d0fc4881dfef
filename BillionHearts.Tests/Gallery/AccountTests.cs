using BillionHearts.Tests.Distributed;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BillionHearts.Tests.Gallery;

/// <summary>The account's pages: the journey in a browser, the rest as forms.</summary>
public sealed class AccountTests(AppHostFixture app, GalleryBrowser browser)
{
    private const string Address = "https://hearts.example.com/hook";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_makes_a_key_tries_a_webhook_and_ends_another_session()
    {
        await using var window = await browser.SignInAsync(app, Cancel);
        using var other = await PlainBrowser.SignInAsync(app, window.Client.Username!, Cancel);
        var page = window.Page;

        // A key is shown once.
        await OpenAsync("/account/keys");
        await page.GetByLabel("Name").FillAsync("Backup");
        await window.Button("Create key").ClickAsync();
        var key = (await page.Locator("#once-secret").TextContentAsync())!;
        using var call = new HttpRequestMessage(HttpMethod.Get, $"/users/{window.UserId}/usage") { Headers = { { "Authorization", $"Bearer {key}" } } };
        using var usage = await window.Client.Http.SendAsync(call, Cancel);
        Assert.True(usage.IsSuccessStatusCode);
        await OpenAsync("/account/keys");
        Assert.DoesNotContain(key, await page.ContentAsync(), StringComparison.Ordinal);
        await page.GetByText("Revoke", new() { Exact = true }).ClickAsync();
        await window.Button("Revoke key Backup").ClickAsync();
        await Expect(page.GetByText("You have no API keys.")).ToBeVisibleAsync();

        // The page of a webhook shows by itself what became of its test event. Nobody answers at this address.
        await OpenAsync("/account/webhooks");
        await page.GetByLabel("Address").FillAsync(Address);
        await window.Button("Add webhook").ClickAsync();
        await Expect(page.Locator("#once-secret")).ToContainTextAsync("whsec_");
        await window.Link(Address).ClickAsync();
        await window.Button("Send a test event").ClickAsync();
        await Expect(page.Locator("td .badge")).ToHaveTextAsync("Waiting");
        Assert.Empty(await window.FaultsOfAccessAsync());
        await window.Link("test event").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Attempt 1" })).ToBeVisibleAsync();
        await Expect(page.Locator("pre").First).ToContainTextAsync("webhook-id");
        Assert.Empty(await window.FaultsOfAccessAsync());

        // Another browser is signed out.
        await OpenAsync("/account/sessions");
        await window.Button("End the session of Firefox on Linux").ClickAsync();
        await Expect(page.GetByText("You are signed in here only.")).ToBeVisibleAsync();
        Assert.Equal("/sign-in", (await other.LoadAsync("/account", Cancel)).Path);

        foreach (var path in new[] { "/account", "/account/activity", "/account/inbox" })
        {
            await OpenAsync(path);
        }

        async Task OpenAsync(string path)
        {
            await window.GoToAsync(path);
            Assert.Empty(await window.FaultsOfAccessAsync());
        }
    }

    [Fact]
    public async Task The_account_shows_what_is_stored_and_the_inbox_what_happened()
    {
        using var client = await app.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);
        using var plain = await PlainBrowser.SignInAsync(app, client.Username!, Cancel);
        Assert.Contains("Nothing is stored yet.", (await plain.LoadAsync("/account", Cancel)).Page, StringComparison.Ordinal);
        var image = (await client.UploadAsync(user, TestImages.Jpeg(64, 48), "x.jpg", Cancel)).GetProperty("id").GetInt64();
        await client.AnalyzedAsync(image, Cancel);

        var inbox = await Eventually.ReadAsync(
            async cancel => (await plain.LoadAsync("/account/inbox", cancel)).Page, until: page => page.Contains("was analysed", StringComparison.Ordinal), TimeSpan.FromSeconds(60), Cancel);

        Assert.Contains($"<a href=\"/photos/{image}\">Photo {image}</a>", inbox, StringComparison.Ordinal);
        Assert.Contains("1 photo,", (await plain.LoadAsync("/account", Cancel)).Page, StringComparison.Ordinal);
        Assert.Contains("A browser or program was signed in", (await plain.LoadAsync("/account/activity", Cancel)).Page, StringComparison.Ordinal);

        var read = await plain.SubmitAsync("/account/inbox?unread=true", "mark-read", Cancel, ("UpTo", "9007199254740991"));
        Assert.Contains("Everything is read.", read.Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_form_says_why_and_keeps_what_was_written()
    {
        using var client = await app.ClientAsync(Cancel);
        await client.CreateUserAsync(Cancel);
        using var plain = await PlainBrowser.SignInAsync(app, client.Username!, Cancel);

        var key = await plain.SubmitAsync("/account/keys", "create-key", Cancel, ("Input.Name", "No scope"));
        var webhook = await plain.SubmitAsync("/account/webhooks", "add-webhook", Cancel, ("Url", "ftp://example.com/"), ("Which", "some"), ("Events", "image.failed"));

        Assert.Contains("scopes must name at least one", key.Page, StringComparison.Ordinal);
        Assert.Contains("value=\"No scope\"", key.Page, StringComparison.Ordinal);
        Assert.Contains("role=\"alert\">url ", webhook.Page, StringComparison.Ordinal);
        Assert.Contains("value=\"ftp://example.com/\"", webhook.Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_of_another_user_are_not_there()
    {
        using var client = await app.ClientAsync(Cancel);
        await client.CreateUserAsync(Cancel);
        using var plain = await PlainBrowser.SignInAsync(app, client.Username!, Cancel);

        Assert.Equal(404, (await plain.LoadAsync("/account/webhooks/1", Cancel)).Status);
        Assert.Equal(404, (await plain.LoadAsync("/account/webhooks/1/deliveries/1", Cancel)).Status);
    }
}
