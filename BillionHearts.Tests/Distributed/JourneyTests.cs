using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace BillionHearts.Tests.Distributed;

/// <summary>A photo's whole way through the system, as its owner sees it.</summary>
public sealed class JourneyTests(AppHostFixture app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("gif")]
    public async Task A_photo_is_stored_analyzed_and_served_and_its_owner_gets_an_event(string type)
    {
        var photo = Photo(type);
        using var client = await app.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);

        var uploaded = await client.UploadAsync(user, photo, $"holiday.{type}", Cancel);
        var id = uploaded.GetProperty("id").GetInt64();

        Assert.Equal(type, uploaded.GetProperty("file_type").GetString());
        Assert.Equal((640, 480), (uploaded.GetProperty("width").GetInt32(), uploaded.GetProperty("height").GetInt32()));
        Assert.Equal(photo.Length, uploaded.GetProperty("file_size").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(photo)), uploaded.GetProperty("sha256").GetString());

        var analyzed = await client.AnalyzedAsync(id, Cancel);

        Assert.Equal("analyzed", analyzed.GetProperty("status").GetString());
        var analysis = analyzed.GetProperty("analysis");
        Assert.Equal((640, 480), (analysis.GetProperty("width").GetInt32(), analysis.GetProperty("height").GetInt32()));
        Assert.Matches("^#[0-9a-f]{6}$", analysis.GetProperty("dominant_color").GetString());
        Assert.Matches("^[0-9a-f]{16}$", analysis.GetProperty("phash").GetString());
        Assert.InRange(Convert.FromBase64String(analysis.GetProperty("thumbhash").GetString()!).Length, 5, 40);

        await OriginalIsServedAsync(client, analyzed, photo);
        await ThumbIsServedFromTheEdgeAsync(client, analyzed);

        var told = await FirstEventAsync(client, user);
        Assert.Equal("image.analyzed", told.Type);
        Assert.Equal(id, told.Data.GetProperty("image_id").GetInt64());
    }

    [Fact]
    public async Task One_request_through_the_gateway_waits_for_the_result()
    {
        using var client = await app.ClientAsync(Cancel);
        var uploaded = await client.UploadAsync(await client.CreateUserAsync(Cancel), TestImages.Jpeg(640, 480), "holiday.jpeg", Cancel);

        using var answer = await client.Http.GetAsync($"/images/{uploaded.GetProperty("id")}?wait=analysis", Cancel);

        Assert.Equal("analyzed", JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancel)).GetProperty("status").GetString());
        using var timeline = await client.Http.GetAsync($"/images/{uploaded.GetProperty("id")}/timeline", Cancel);
        var steps = JsonElement.Parse(await timeline.Content.ReadAsStringAsync(Cancel)).GetProperty("steps").EnumerateArray().ToList();
        Assert.Equal(["created", "stored", "queued", "attempt", "analyzed"], steps.Select(step => step.GetProperty("step").GetString()));
        Assert.NotEqual("", steps[3].GetProperty("worker").GetString());
    }

    [Fact]
    public async Task The_dashboards_command_replays_dead_letters()
    {
        var running = await app.AppAsync(Cancel);

        var result = await running.ResourceCommands.ExecuteCommandAsync("api-1", "replay-dead-letters", Cancel);

        Assert.True(result.Success, result.Message);
    }

    private static byte[] Photo(string type) => type switch
    {
        "jpeg" => TestImages.Jpeg(640, 480),
        "png" => TestImages.Png(640, 480),
        "webp" => TestImages.Webp(640, 480),
        _ => TestImages.Gif(640, 480),
    };

    private static async Task OriginalIsServedAsync(ImagesClient client, JsonElement image, byte[] photo)
    {
        using var download = await client.Http.GetAsync($"/images/{image.GetProperty("id")}/download", Cancel);
        Assert.Equal(photo, await download.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal("attachment", download.Content.Headers.ContentDisposition?.DispositionType);

        using var original = await client.Http.GetAsync(new Uri(image.GetProperty("url").GetString()!), Cancel);
        Assert.Equal(photo, await original.Content.ReadAsByteArrayAsync(Cancel));
    }

    private static async Task ThumbIsServedFromTheEdgeAsync(ImagesClient client, JsonElement image)
    {
        var thumb = image.GetProperty("renditions").GetProperty("thumb");
        var url = new Uri(thumb.GetProperty("url").GetString()!);
        Assert.Equal((320, 240), (thumb.GetProperty("width").GetInt32(), thumb.GetProperty("height").GetInt32()));

        using var first = await client.Http.GetAsync(url, Cancel);
        using var second = await client.Http.GetAsync(url, Cancel);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(("MISS", "HIT"), (XCache(first), XCache(second)));
        Assert.Equal("image/webp", second.Content.Headers.ContentType?.MediaType);
        var bytes = await second.Content.ReadAsByteArrayAsync(Cancel);
        Assert.Equal(thumb.GetProperty("bytes").GetInt64(), bytes.Length);
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(Cancel), bytes);
    }

    private static string XCache(HttpResponseMessage response) => string.Join(',', response.Headers.GetValues("X-Cache"));

    private static async Task<(string Type, JsonElement Data)> FirstEventAsync(ImagesClient client, long user)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        var first = await client.EventsAsync(user, lastEventId: "0", limit.Token).FirstAsync(told => told.EventType is not "image.uploaded", limit.Token);
        return (first.EventType, JsonElement.Parse(first.Data));
    }
}
