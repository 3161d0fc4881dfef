using System.Net;
using BillionHearts.Tests.Distributed;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BillionHearts.Tests.Gallery;

/// <summary>Accounts and sessions of the gallery, in a browser and past it.</summary>
public sealed class SignInTests(AppHostFixture app, GalleryBrowser browser)
{
    private const string Cookie = "billionhearts";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_user_registers_signs_out_and_signs_in_again()
    {
        await using var window = await browser.OpenAsync(app, "/register", Cancel);
        var (page, name) = (window.Page, $"ada-{Guid.NewGuid():n}");
        Assert.Empty(await window.FaultsOfAccessAsync());

        await page.GetByLabel("Username").FillAsync(name);
        await page.GetByLabel("Password", new() { Exact = false }).First.FillAsync("one of a billion");
        await page.GetByLabel("Password again").FillAsync("another");
        await window.Button("Create an account").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The two passwords are different.");

        await page.GetByLabel("Password", new() { Exact = false }).First.FillAsync("one of a billion");
        await page.GetByLabel("Password again").FillAsync("one of a billion");
        await window.Button("Create an account").ClickAsync();
        await Expect(window.Button("Sign out")).ToBeVisibleAsync();

        await window.Button("Sign out").ClickAsync();
        await window.GoToAsync("/");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/sign-in"));
        Assert.Empty(await window.FaultsOfAccessAsync());

        await page.GetByLabel("Username").First.FillAsync(name);
        await page.GetByLabel("Password").FillAsync("wrong");
        await window.Button("Sign in").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Incorrect username or password");

        await page.GetByLabel("Password").FillAsync("one of a billion");
        await window.Button("Sign in").ClickAsync();
        await Expect(window.Button("Sign out")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task No_script_sees_the_session_or_a_token()
    {
        await using var window = await browser.SignInAsync(app, Cancel);

        Assert.True((await window.Page.Context.CookiesAsync()).Single(cookie => cookie.Name is Cookie) is { HttpOnly: true, SameSite: SameSiteAttribute.Lax });
        Assert.DoesNotContain(Cookie, await window.Page.EvaluateAsync<string>("document.cookie"), StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", await window.Page.ContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_changes_something_needs_the_header_of_our_scripts()
    {
        await using var window = await browser.SignInAsync(app, Cancel);

        var foreign = await window.Page.APIRequest.PostAsync(Address("/bff/images/check"), new() { DataObject = new { user_id = window.UserId, hashes = Array.Empty<string>() } });
        var outside = await window.Client.Http.GetAsync($"/bff/users/{window.UserId}/images", Cancel);

        Assert.Equal(403, foreign.Status);
        Assert.Contains("X-Gallery", await foreign.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, outside.StatusCode);

        string Address(string path) => new Uri(new Uri(window.Page.Url), path).ToString();
    }

    [Fact]
    public async Task A_form_that_another_site_sends_is_refused()
    {
        await using var window = await browser.SignInAsync(app, Cancel);

        // The cookie alone, without the token of a form of ours.
        var answer = await window.Page.APIRequest.PostAsync(new Uri(new Uri(window.Page.Url), "/sign-out").ToString(), new() { MaxRedirects = 0 });

        Assert.Equal(400, answer.Status);
        await window.GoToAsync("/");
        await Expect(window.Button("Sign out")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task After_signing_in_the_browser_goes_on_at_this_site_only()
    {
        await using var window = await browser.OpenAsync(app, "/sign-in?to=//example.org/", Cancel);
        await window.Client.CreateUserAsync(Cancel);

        await window.Page.Locator("input[list=users]").FillAsync(window.Client.Username!);
        await window.Button("Continue as").ClickAsync();

        await Expect(window.Button("Sign out")).ToBeVisibleAsync();
        Assert.Equal("/", new Uri(window.Page.Url).AbsolutePath);
    }

    [Fact]
    public async Task What_is_not_there_is_a_page_with_a_way_back()
    {
        await using var window = await browser.SignInAsync(app, Cancel);

        var answer = await window.GoToAsync("/photos/nothing");

        Assert.Equal(404, answer!.Status);
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "There is nothing here" })).ToBeVisibleAsync();
        await Expect(window.Link("Back to the photos")).ToBeVisibleAsync();
        Assert.Empty(await window.FaultsOfAccessAsync());
    }
}
