using System.Net;

namespace BillionHearts.Tests.Distributed;

[Collection(typeof(Outages))]
public sealed class SecondHostTests(AppHostFixture app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_host_runs_beside_the_first_and_shares_nothing_with_it()
    {
        using var first = await app.ClientAsync(Cancel);
        await using var other = await AppHostFixture.StartAsync([], Cancel);
        using var second = new ImagesClient(other.CreateHttpClient("gateway", "http"));

        var user = await second.CreateUserAsync(Cancel);
        var uploaded = await second.UploadAsync(user, TestImages.Webp(100, 50), "second.webp", Cancel);
        var image = await second.AnalyzedAsync(uploaded.GetProperty("id").GetInt64(), Cancel);
        Assert.Equal("analyzed", image.GetProperty("status").GetString());

        var media = new Uri(image.GetProperty("url").GetString()!).AbsolutePath;
        using var here = await second.Http.GetAsync(media, Cancel);
        using var there = await first.Http.GetAsync(media, Cancel);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (here.StatusCode, there.StatusCode));
    }
}
