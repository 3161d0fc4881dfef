using BillionHearts.Tests.AppHost;
using BillionHearts.Tests.Distributed;
using BillionHearts.Tests.Gallery;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(GalleryBrowser))]

namespace BillionHearts.Tests.Gallery;

/// <summary>One browser for all tests of the gallery, on the shared topology.</summary>
public sealed class GalleryBrowser : IAsyncLifetime
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Chromium? _chromium;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A window of a new user who is signed in. Windows share nothing.</summary>
    internal async Task<GalleryWindow> SignInAsync(AppHostFixture app, CancellationToken cancellationToken)
    {
        var client = await app.ClientAsync(cancellationToken);
        var user = await client.CreateUserAsync(cancellationToken);
        var window = await OpenAsync(app, client, user, "/sign-in", cancellationToken);

        await window.Page.Locator("input[list=users]").FillAsync(client.Username!);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Continue as" }).ClickAsync();
        await window.Page.WaitForURLAsync(address => new Uri(address).AbsolutePath is "/");

        return window;
    }

    /// <summary>A window of somebody who is not signed in.</summary>
    internal async Task<GalleryWindow> OpenAsync(AppHostFixture app, string path, CancellationToken cancellationToken) =>
        await OpenAsync(app, await app.ClientAsync(cancellationToken), userId: 0, path, cancellationToken);

    private async Task<GalleryWindow> OpenAsync(AppHostFixture app, ImagesClient client, long userId, string path, CancellationToken cancellationToken)
    {
        var home = (await app.AppAsync(cancellationToken)).GetEndpoint("gateway", "http");
        var window = await (await StartedAsync(cancellationToken)).OpenAsync(new Uri(home, path));

        return new GalleryWindow(window, home, client, userId);
    }

    public async ValueTask DisposeAsync()
    {
        _gate.Dispose();
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }
    }

    private async Task<Chromium> StartedAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return _chromium ??= await Chromium.StartAsync();
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <param name="client">The same user's calls of the API.</param>
internal sealed class GalleryWindow(Chromium.Window window, Uri home, ImagesClient client, long userId) : IAsyncDisposable
{
    private static readonly string[] s_rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

    public IPage Page => window.Page;

    public ImagesClient Client => client;

    public long UserId => userId;

    public Task<IResponse?> GoToAsync(string path) => Page.GotoAsync(new Uri(home, path).ToString());

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name });

    /// <summary>What axe finds against WCAG 2.2 AA on the page as it is now: the rule and the element.</summary>
    public async Task<IReadOnlyList<string>> FaultsOfAccessAsync()
    {
        var found = await Page.RunAxe(new AxeRunOptions { RunOnly = RunOnlyOptions.Tags(s_rules) });
        return [.. found.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id}: {node.Html}"))];
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await window.DisposeAsync();
    }
}
