using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using BillionHearts.Contracts;

namespace BillionHearts.Tests.Api;

/// <summary>Content as the body of a PUT.</summary>
public sealed class ContentTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly byte[] s_jpeg = TestImages.Jpeg(64, 48);
    private static readonly byte[] s_png = TestImages.Png(30, 20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_announced_image_takes_its_type_and_size_from_the_uploaded_bytes(bool isChunked)
    {
        var announced = await Host.AnnounceAsync(await Host.CreateUserAsync(Cancel));
        var image = await (await Host.PutContentAsync(announced, s_jpeg, request => request.Headers.TransferEncodingChunked = isChunked)).OkAsync();

        Assert.Equal(("pending", 1), (image.GetProperty("status").GetString(), image.GetProperty("version").GetInt32()));
        Assert.Equal((64, 48, "jpeg", (long)s_jpeg.Length), Facts(image));
        Assert.False(image.TryGetProperty("upload", out _));
        Assert.Equal(s_jpeg, await Host.Http.GetByteArrayAsync($"/images/{announced}/download", Cancel));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(image.GetProperty("url").GetString()!));
    }

    [Fact]
    public async Task Replaced_content_is_a_new_version_with_a_new_address_and_analysis()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var first = await Host.UploadAsync(user, s_jpeg, Cancel);
        var id = first.GetProperty("id").GetInt64();
        var second = await (await Host.PutContentAsync(id, s_png)).OkAsync();

        Assert.Equal((30, 20, "png", (long)s_png.Length), Facts(second));
        Assert.Equal((2, "pending"), (second.GetProperty("version").GetInt32(), second.GetProperty("status").GetString()));
        Assert.Equal(HttpStatusCode.Gone, await StatusAsync(first.GetProperty("url").GetString()!));
        Assert.Equal(s_png, await Host.Http.GetByteArrayAsync(second.GetProperty("url").GetString(), Cancel));

        // One image of the second's size, and the first one's blob to be removed.
        Assert.Equal((1, (long)s_png.Length, 1), await Host.UsageAsync(user));
        Assert.Equal(1, await Host.Database.ScalarAsync<long>(
            $"SELECT count(*) FROM retired_blobs WHERE blob_key = '{first.GetProperty("storage_path").GetString()}'", Cancel));

        await Eventually.ReadAsync(
            async cancel => await Host.Broker.TakeAsync(ImagesExchange.Queues.AnalysisFresh, cancel) is { } taken
                ? JsonSerializer.Deserialize<AnalysisRequest>(taken.Body.Span) : null,
            until: request => request is not null && request.ImageId == id && request.Version is 2, TimeSpan.FromSeconds(30), Cancel);
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("application/octet-stream")]
    [InlineData("text/html")]
    [InlineData(null)]
    public async Task The_type_is_read_from_the_bytes_and_not_taken_from_the_sender(string? contentType)
    {
        var id = await Host.AnnounceAsync(await Host.CreateUserAsync(Cancel));
        var image = await (await Host.PutContentAsync(
            id, s_jpeg, request => request.Content!.Headers.ContentType = contentType is null ? null : new MediaTypeHeaderValue(contentType))).OkAsync();

        Assert.Equal("jpeg", image.GetProperty("file_type").GetString());
        using var served = await Host.Http.GetAsync(image.GetProperty("url").GetString(), Cancel);
        Assert.Equal("image/jpeg", served.Content.Headers.ContentType?.MediaType);
    }

    public static TheoryData<string, int, byte[]> BadContents => new()
    {
        { "empty-file", 422, [] },
        { "corrupt-image", 422, s_jpeg[..20] },
        { "unsupported-image", 415, "<html>"u8.ToArray() },
        { "unsupported-image", 415, new byte[70_000] },
        { "image-too-large", 413, [.. s_jpeg, .. new byte[ApiFixture.MaxBytes + 1 - s_jpeg.Length]] },
    };

    [Theory, MemberData(nameof(BadContents))]
    public async Task Bad_content_is_refused_and_changes_nothing(string slug, int status, byte[] body)
    {
        var user = await Host.CreateUserAsync(Cancel);
        var id = (await Host.UploadAsync(user, s_jpeg, Cancel)).GetProperty("id").GetInt64();
        var (before, blobs) = (await Host.GetImageAsync(id, Cancel), await Host.CountBlobsAsync(Cancel));

        foreach (var isChunked in (bool[])[false, true])
        {
            await (await Host.PutContentAsync(id, body, request => request.Headers.TransferEncodingChunked = isChunked)).RefusedAsync(status, slug);
        }

        Assert.Equal(before.ToString(), (await Host.GetImageAsync(id, Cancel)).ToString());
        Assert.Equal((1, (long)s_jpeg.Length, 1), await Host.UsageAsync(user));
        // Blobs that earlier tests replaced may go meanwhile.
        Assert.InRange(await Host.CountBlobsAsync(Cancel), 0, blobs);
    }

    [Theory]
    [InlineData("Content-Range", "bytes 0-9/100")]
    [InlineData("Range", "bytes=0-9")]
    public async Task A_partial_PUT_is_refused(string header, string value)
    {
        var id = await Host.AnnounceAsync(await Host.CreateUserAsync(Cancel));
        await (await Host.PutContentAsync(id, s_jpeg, request => _ = request.Headers.TryAddWithoutValidation(header, value) || request.Content!.Headers.TryAddWithoutValidation(header, value))).RefusedAsync(400, "partial-content");
    }

    [Fact]
    public async Task Content_for_an_image_that_is_not_there_or_deleted_is_404()
    {
        var id = (await Host.UploadAsync(await Host.CreateUserAsync(Cancel), s_jpeg, Cancel)).GetProperty("id").GetInt64();
        using var deleted = await Host.Http.DeleteAsync($"/images/{id}", Cancel);
        await (await Host.PutContentAsync(id, s_jpeg)).RefusedAsync(404, "image-not-found");
        await (await Host.PutContentAsync(long.MaxValue, s_jpeg)).RefusedAsync(404, "image-not-found");
    }

    [Theory]
    [InlineData("PUT /images/9007199254740993/content HTTP/1.1", "Content-Length: 1000", 404)]
    [InlineData("PUT /images/{0}/content HTTP/1.1", "Content-Length: 10000000000", 413)]
    [InlineData("PUT /images/{0}/content HTTP/1.1", "Content-Length: 1000\r\nIdempotency-Key: a b", 400)]
    [InlineData("PUT /images/{0}/content HTTP/1.1", "Content-Length: 1000\r\nContent-Digest: x", 400)]
    [InlineData("PUT /images/{0}/content HTTP/1.1", "Content-Length: 1000", 100)]
    public async Task A_client_that_expects_100_Continue_is_answered_before_it_sends(string line, string header, int status)
    {
        var id = await Host.AnnounceAsync(await Host.CreateUserAsync(Cancel));
        using var request = new RawRequest(Host.Http.BaseAddress!);
        await request.SendAsync(Cancel, line.Replace("{0}", $"{id}", StringComparison.Ordinal), header, "Expect: 100-continue");
        Assert.Equal(status, await request.ReadStatusAsync(Cancel));
    }

    private static (int Width, int Height, string? Type, long Size) Facts(JsonElement image) => (
        image.GetProperty("width").GetInt32(), image.GetProperty("height").GetInt32(),
        image.GetProperty("file_type").GetString(), image.GetProperty("file_size").GetInt64());

    private async Task<HttpStatusCode> StatusAsync(string address)
    {
        using var response = await Host.Http.GetAsync(address, Cancel);
        return response.StatusCode;
    }
}
