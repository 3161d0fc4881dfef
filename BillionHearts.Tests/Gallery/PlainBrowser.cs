using System.Net;
using System.Text.RegularExpressions;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Gallery;

/// <summary>A browser without scripts: it keeps cookies, loads pages and sends their forms. Much cheaper than a real one.</summary>
internal sealed partial class PlainBrowser : IDisposable
{
    private readonly HttpClient _http;

    private PlainBrowser(HttpClient http) => _http = http;

    /// <param name="agent">What the list of sessions shows.</param>
    public static async Task<PlainBrowser> SignInAsync(
        AppHostFixture app, string username, CancellationToken cancellationToken, string agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    {
        var browser = new PlainBrowser(new HttpClient { BaseAddress = (await app.AppAsync(cancellationToken)).GetEndpoint("gateway", "http") });
        browser._http.DefaultRequestHeaders.UserAgent.ParseAdd(agent);
        await browser.SubmitAsync("/sign-in", "choose", cancellationToken, ("Choice.Username", username));

        return browser;
    }

    /// <returns>The status, the path after redirections, and the page.</returns>
    public async Task<(int Status, string Path, string Page)> LoadAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(path, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>Loads the page and sends a form of it, as its user would.</summary>
    /// <param name="form">Its name in the page.</param>
    public async Task<(int Status, string Path, string Page)> SubmitAsync(
        string path, string form, CancellationToken cancellationToken, params IEnumerable<(string Name, string Value)> fields)
    {
        var (_, _, page) = await LoadAsync(path, cancellationToken);
        Assert.Contains($"name=\"_handler\" value=\"{form}\"", page, StringComparison.Ordinal);
        var token = WebUtility.HtmlDecode(Token().Match(page).Groups["token"].Value);
        using var content = new FormUrlEncodedContent(
            fields.Append(("_handler", form)).Append(("__RequestVerificationToken", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        using var response = await _http.PostAsync(path, content, cancellationToken);

        return await ReadAsync(response, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<(int Status, string Path, string Page)> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        ((int)response.StatusCode, response.RequestMessage!.RequestUri!.AbsolutePath, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(cancellationToken)));

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();
}
