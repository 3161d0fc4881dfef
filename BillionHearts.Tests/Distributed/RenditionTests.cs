using System.Net;
using System.Text.Json;
using NetVips;

namespace BillionHearts.Tests.Distributed;

/// <summary>Copies in other sizes, made when they are first requested.</summary>
public sealed class RenditionTests(AppHostFixture app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("512x512-fit.webp", "image/webp", 512, 384)]
    [InlineData("512x512.webp", "image/webp", 512, 512)]
    [InlineData("1024x320.jpeg", "image/jpeg", 1024, 320)]
    [InlineData("2048x2048-fit.jpeg", "image/jpeg", 1600, 1200)]
    [InlineData("2048x1024.webp", "image/webp", 1600, 800)]
    public async Task A_rendition_has_the_size_and_format_that_its_name_says_and_is_never_enlarged(string name, string type, int width, int height)
    {
        using var client = await app.ClientAsync(Cancel);
        var image = await AnalyzedAsync(client, TestImages.Jpeg(1600, 1200));

        var first = await client.FetchAsync(MediaClient.Beside(image, name), Cancel);
        var again = await client.FetchAsync(MediaClient.Beside(image, name), Cancel);

        Assert.Equal((HttpStatusCode.OK, type, "MISS", "HIT"), (first.Status, first.Type, first.Cache, again.Cache));
        Assert.Equal(first.Body, again.Body);
        Assert.Equal("public, max-age=31536000, immutable", first.Headers["Cache-Control"]);
        using var copy = Image.NewFromBuffer(first.Body);
        Assert.Equal((width, height), (copy.Width, copy.Height));
        Assert.DoesNotContain(copy.GetFields(), field => field is "exif-data" or "xmp-data" or "iptc-data" or "icc-profile-data");
    }

    [Fact]
    public async Task The_copys_format_follows_the_Accept_header_and_AVIF_follows_once_made()
    {
        using var client = await app.ClientAsync(Cancel);
        var image = await AnalyzedAsync(client, TestImages.Jpeg(800, 600));
        var path = MediaClient.Beside(image, "320x320-fit.auto");

        Assert.Equal("image/jpeg", (await client.FetchAsync(path, Cancel, accept: "*/*")).Type);
        Assert.Equal("image/webp", (await client.FetchAsync(path, Cancel, accept: "text/html,image/webp;q=0.8,*/*;q=0.5")).Type);
        Assert.Equal("image/jpeg", (await client.FetchAsync(path, Cancel, accept: "image/avif;q=0, image/webp; q=0.0, */*")).Type);

        var first = await client.FetchAsync(path, Cancel, accept: "image/avif,image/webp,*/*");
        Assert.Equal(("image/webp", "public, max-age=10"), (first.Type, first.Headers["Cache-Control"]));
        Assert.Equal("Accept", first.Headers["Vary"]);

        var avif = await Eventually.ReadAsync(
            cancel => client.FetchAsync(path, cancel, accept: "image/avif,image/webp,*/*"), until: answer => answer.Type is "image/avif", TimeSpan.FromSeconds(60), Cancel);
        using var copy = Image.NewFromBuffer(avif.Body);
        Assert.Equal((320, 240), (copy.Width, copy.Height));
        Assert.Equal("public, max-age=31536000, immutable", avif.Headers["Cache-Control"]);
        // Those who do not take it still get what they did.
        Assert.Equal("image/webp", (await client.FetchAsync(path, Cancel, accept: "image/webp")).Type);
    }

    [Fact]
    public async Task Simultaneous_requests_get_the_same_copy()
    {
        using var client = await app.ClientAsync(Cancel);
        var image = await AnalyzedAsync(client, TestImages.Jpeg(1600, 1200));
        var path = MediaClient.Beside(image, "768x768.webp");

        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => client.FetchAsync(path, Cancel)));

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.OK, answers[0].ETag), (answer.Status, answer.ETag)));
        Assert.Single(answers, answer => answer.Cache is "MISS");
    }

    [Theory]
    [InlineData("513x512.webp", "rendition-size")]
    [InlineData("9999x9999-fit.jpeg", "rendition-size")]
    [InlineData("0512x512.webp", "media-not-found")]
    [InlineData("512x512.png", "not-found")]
    [InlineData("512X512.webp", "not-found")]
    [InlineData("512x512-fill.webp", "not-found")]
    public async Task A_size_that_is_not_on_the_ladder_is_not_made(string name, string problem)
    {
        using var client = await app.ClientAsync(Cancel);
        var image = await client.UploadAsync(await client.CreateUserAsync(Cancel), TestImages.Jpeg(64, 48), "x.jpg", Cancel);

        var answer = await client.FetchAsync(MediaClient.Beside(image, name), Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.EndsWith($"/{problem}", JsonElement.Parse(answer.Body).GetProperty("type").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_decoded_gets_no_rendition_and_a_reason()
    {
        using var client = await app.ClientAsync(Cancel);
        var broken = TestImages.Truncated(TestImages.Jpeg(640, 480), 0.5);
        var image = await client.UploadAsync(await client.CreateUserAsync(Cancel), broken, "x.jpg", Cancel);

        foreach (var _ in new[] { "before its analysis or after", "again" })
        {
            var answer = await client.FetchAsync(MediaClient.Beside(image, "256x256.webp"), Cancel);
            Assert.Equal(HttpStatusCode.NotFound, answer.Status);
            Assert.Contains("cut off", JsonElement.Parse(answer.Body).GetProperty("detail").GetString());
            await client.AnalyzedAsync(image.GetProperty("id").GetInt64(), Cancel);
        }
    }

    [Fact]
    public async Task The_api_leads_the_owner_of_an_image_to_its_copies()
    {
        using var client = await app.ClientAsync(Cancel);
        var image = await client.UploadAsync(await client.CreateUserAsync(Cancel), TestImages.Jpeg(64, 48), "x.jpg", Cancel);
        var id = image.GetProperty("id").GetInt64();

        using var found = await client.Http.GetAsync($"/images/{id}/renditions/64x64.auto", Cancel);
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        Assert.EndsWith(MediaClient.Beside(image, "64x64.auto"), found.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NotFound, (await client.FetchAsync($"/images/{id}/renditions/65x64.auto", Cancel)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.FetchAsync($"/images/{id}/renditions/thumb", Cancel)).Status);
    }

    private static async Task<JsonElement> AnalyzedAsync(ImagesClient client, byte[] file)
    {
        var image = await client.UploadAsync(await client.CreateUserAsync(Cancel), file, "x.jpg", Cancel);
        return await client.AnalyzedAsync(image.GetProperty("id").GetInt64(), Cancel);
    }
}
