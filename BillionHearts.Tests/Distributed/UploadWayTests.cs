using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace BillionHearts.Tests.Distributed;

/// <summary>The ways in, through the gateway and over the two replicas of the api, to the end: analysed.</summary>
public sealed class UploadWayTests(AppHostFixture app)
{
    private static readonly HttpClient s_store = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_idempotency_key_is_one_image_at_every_replica()
    {
        using var client = await app.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);
        var photo = TestImages.Jpeg(320, 240);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var form = new MultipartFormDataContent { { new StringContent($"{user}"), "user_id" }, { new ByteArrayContent(photo), "file", "a.jpg" } };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/images/") { Content = form, Headers = { { "Idempotency-Key", $"once-{user}" } } };
            using var response = await client.Http.SendAsync(request, Cancel);
            return (await ImagesClient.ReadAsync(response, Cancel)).ToString();
        }));

        Assert.Single(answers.Distinct());
        using var list = await client.Http.GetAsync($"/users/{user}/images", Cancel);
        Assert.Single((await ImagesClient.ReadAsync(list, Cancel)).EnumerateArray());
    }

    [Fact]
    public async Task A_direct_upload_is_analysed_and_so_is_its_next_version()
    {
        using var client = await app.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);
        var photo = TestImages.Jpeg(320, 240);
        var metadata = new { user_id = user, original_filename = "a.jpg", width = 320, height = 240, file_size = photo.Length, file_type = "jpeg" };
        using var posted = await client.Http.PostAsJsonAsync("/images/", metadata, Cancel);
        var announced = await ImagesClient.ReadAsync(posted, Cancel);
        var id = announced.GetProperty("id").GetInt64();

        await PutAsync(announced.GetProperty("upload"), photo);
        using var completed = await client.Http.PostAsJsonAsync($"/images/{id}/complete", new { sha256 = Convert.ToHexString(SHA256.HashData(photo)) }, Cancel);
        await ImagesClient.ReadAsync(completed, Cancel);
        var first = await client.AnalyzedAsync(id, Cancel);
        Assert.Equal(("analyzed", 1, "jpeg"), Facts(first));

        using var replaced = await client.Http.PutAsync($"/images/{id}/content", new ByteArrayContent(TestImages.Png(200, 100)), Cancel);
        Assert.Equal("pending", (await ImagesClient.ReadAsync(replaced, Cancel)).GetProperty("status").GetString());
        var second = await client.AnalyzedAsync(id, Cancel);
        Assert.Equal(("analyzed", 2, "png"), Facts(second));
        Assert.NotEqual(first.GetProperty("renditions").GetProperty("thumb").GetProperty("url").GetString(), second.GetProperty("renditions").GetProperty("thumb").GetProperty("url").GetString());
    }

    private static (string? Status, int Version, string? Format) Facts(JsonElement image) => (
        image.GetProperty("status").GetString(), image.GetProperty("version").GetInt32(), image.GetProperty("analysis").GetProperty("format").GetString());

    private static async Task PutAsync(JsonElement upload, byte[] bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, upload.GetProperty("url").GetString()) { Content = new ByteArrayContent(bytes) };

        foreach (var header in upload.GetProperty("headers").EnumerateObject())
        {
            _ = request.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString())
                || request.Content.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
        }

        using var response = await s_store.SendAsync(request, Cancel);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }
}
