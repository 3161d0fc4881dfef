using System.Net;
using System.Security.Cryptography;

namespace BillionHearts.Tests.Api;

/// <summary>If-Match and If-None-Match of uploads.</summary>
public sealed class ContentConditionTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly byte[] s_jpeg = TestImages.Jpeg(64, 48);
    private static readonly byte[] s_png = TestImages.Png(30, 20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task If_Match_refuses_a_client_that_has_not_seen_the_current_content()
    {
        var id = await Host.AnnounceAsync(await Host.CreateUserAsync(Cancel));
        await (await Host.PutContentAsync(id, s_jpeg, IfMatch("*"))).RefusedAsync(412, "precondition-failed");
        await (await Host.PutContentAsync(id, s_jpeg, request => request.Headers.TryAddWithoutValidation("If-None-Match", "*"))).OkAsync();
        await (await Host.PutContentAsync(id, s_png, request => request.Headers.TryAddWithoutValidation("If-None-Match", "*"))).RefusedAsync(412, "precondition-failed");

        using var download = await Host.Http.GetAsync($"/images/{id}/download", Cancel);
        using var details = await Host.Http.GetAsync($"/images/{id}", Cancel);
        var ofContent = download.Headers.ETag!.ToString();
        var ofObject = details.Headers.ETag!.ToString();

        Assert.Equal(2, (await (await Host.PutContentAsync(id, s_png, IfMatch(ofContent))).OkAsync()).GetProperty("version").GetInt32());
        await (await Host.PutContentAsync(id, s_jpeg, IfMatch(ofContent))).RefusedAsync(412, "precondition-failed");
        await (await Host.PutContentAsync(id, s_jpeg, IfMatch(ofObject))).RefusedAsync(412, "precondition-failed");

        using var now = await Host.Http.GetAsync($"/images/{id}", Cancel);
        Assert.Equal(3, (await (await Host.PutContentAsync(id, s_jpeg, IfMatch(now.Headers.ETag!.ToString()))).OkAsync()).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task One_of_many_simultaneous_If_Match_requests_replaces_the_content()
    {
        var id = (await Host.UploadAsync(await Host.CreateUserAsync(Cancel), s_jpeg, Cancel)).GetProperty("id").GetInt64();
        var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(s_jpeg))}\"";
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Host.PutContentAsync(id, [.. s_png, (byte)n], IfMatch(etag))));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode is HttpStatusCode.OK));
        Assert.Equal(7, answers.Count(answer => answer.StatusCode is HttpStatusCode.PreconditionFailed));
        Assert.Equal(2, (await Host.GetImageAsync(id, Cancel)).GetProperty("version").GetInt32());
    }

    private static Action<HttpRequestMessage> IfMatch(string value) => request => request.Headers.TryAddWithoutValidation("If-Match", value);
}
