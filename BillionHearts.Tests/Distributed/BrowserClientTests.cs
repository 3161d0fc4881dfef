using System.Text.Json;
using System.Text.RegularExpressions;
using BillionHearts.Tests.AppHost;

namespace BillionHearts.Tests.Distributed;

/// <summary>The README's client, as it stands there, in a browser.</summary>
public sealed partial class BrowserClientTests(AppHostFixture app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_browser_client_of_the_README_is_told_of_each_event_once_and_resumes()
    {
        var running = await app.AppAsync(Cancel);
        using var client = await app.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);
        var script = Listen().Match(await File.ReadAllTextAsync(Path.Join(Repository.Root, "README.md"), Cancel)).Groups["script"].Value;
        await using var chromium = await Chromium.StartAsync();
        await using var window = await chromium.OpenAsync(new Uri(running.GetEndpoint("gateway", "http"), "/docs"));
        var first = await UploadAsync();

        await window.Page.EvaluateAsync($"() => {{ {script}; globalThis.told = []; globalThis.listen = listen; listen({user}, '', event => told.push(event), '0') }}");
        await ToldAsync(first);
        // All connections break, and come back.
        await window.Page.Context.SetOfflineAsync(true);
        var second = await UploadAsync();
        await client.AnalyzedAsync(second, Cancel);
        await window.Page.Context.SetOfflineAsync(false);
        var told = await ToldAsync(second);

        Assert.Equal([first, second], told.Where(one => one.Type is "image.analyzed").Select(one => one.Image));
        Assert.Equal(404, await window.Page.EvaluateAsync<int>("listen(4611686018427387904n, '', () => {})"));

        async Task<long> UploadAsync() => (await client.UploadAsync(user, TestImages.Jpeg(64, 48), "x.jpg", Cancel)).GetProperty("id").GetInt64();

        async Task<List<(string Type, long Image)>> ToldAsync(long image) => await Eventually.ReadAsync(
            async _ => JsonElement.Parse(await window.Page.EvaluateAsync<string>("JSON.stringify(told)")).EnumerateArray()
                .Select(one => (one.GetProperty("type").GetString()!, one.GetProperty("image_id").GetInt64())).ToList(),
            until: told => told.Contains(("image.analyzed", image)), TimeSpan.FromSeconds(60), Cancel);
    }

    [Fact]
    public async Task The_API_reference_at_the_gateway_shows_both_services()
    {
        using var client = await app.ClientAsync(Cancel);
        var page = await client.Http.GetStringAsync("/docs", Cancel);

        foreach (var (document, path) in new[] { ("v1", "/images"), ("notifications", "/users/{id}/notifications") })
        {
            Assert.Contains($"openapi/{document}.json", page, StringComparison.Ordinal);
            var described = JsonElement.Parse(await client.Http.GetStringAsync($"/openapi/{document}.json", Cancel));
            Assert.True(described.GetProperty("paths").TryGetProperty(path, out _));
        }
    }

    [GeneratedRegex("```js\n(?<script>async function listen.*?)```", RegexOptions.Singleline)]
    private static partial Regex Listen();
}
