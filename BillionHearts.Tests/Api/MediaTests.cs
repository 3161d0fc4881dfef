using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BillionHearts.Api.Pipeline.Removal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Tests.Api;

/// <summary>Downloads: caching, ranges, conditions and deleted images.</summary>
public sealed class MediaTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly byte[] s_file = [.. TestImages.Jpeg(64, 48), .. RandomNumberGenerator.GetBytes(200_000)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task Media_may_be_cached_for_ever_and_is_only_ever_shown_as_an_image()
    {
        using var response = await Host.Http.GetAsync(await UrlAsync(), Cancel);

        Assert.Equal(s_file, await response.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal("image/jpeg", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("public, max-age=31536000, immutable", string.Join(", ", response.Headers.GetValues("Cache-Control")));
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("default-src 'none'; sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("cross-origin", response.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.False(response.Headers.ETag!.IsWeak);
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=100-199", 100, 100)]
    [InlineData("bytes=150000-", 150_000, -1)]
    [InlineData("bytes=-7", -7, 7)]
    public async Task A_range_request_returns_exactly_those_bytes(string range, int start, int length)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, await UrlAsync());
        request.Headers.TryAddWithoutValidation("Range", range);
        using var response = await Host.Http.SendAsync(request, Cancel);

        var from = start < 0 ? s_file.Length + start : start;
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(s_file[from..(length < 0 ? s_file.Length : from + length)], await response.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(s_file.Length, response.Content.Headers.ContentRange?.Length);
    }

    [Theory]
    [InlineData("items=0-1")]
    [InlineData("seconds=0-1")]
    public async Task A_range_in_an_unknown_unit_is_ignored(string range)
    {
        var address = await UrlAsync();

        foreach (var path in new[] { address, $"/images/{(await UploadAsync()).GetProperty("id")}/download" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Range", range);
            using var response = await Host.Http.SendAsync(request, Cancel);

            Assert.Equal((HttpStatusCode.OK, s_file.Length), (response.StatusCode, (await response.Content.ReadAsByteArrayAsync(Cancel)).Length));
        }
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\photos\\beach.jpg", "beach.jpg")]
    [InlineData("..", "image.jpeg")]
    [InlineData("a/", "image.jpeg")]
    public async Task A_download_never_has_a_path_in_its_name(string original, string expected)
    {
        var id = (await UploadAsync()).GetProperty("id").GetInt64();
        await Host.Database.ExecuteAsync($"UPDATE images SET original_filename = '{original}' WHERE id = {id}", Cancel);

        using var response = await Host.Http.GetAsync($"/images/{id}/download", Cancel);

        Assert.Equal(expected, response.Content.Headers.ContentDisposition?.FileNameStar);
    }

    [Fact]
    public async Task A_range_beyond_the_end_is_416_and_not_cached()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, await UrlAsync()) { Headers = { Range = new RangeHeaderValue(s_file.Length, null) } };
        using var response = await Host.Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal(s_file.Length, response.Content.Headers.ContentRange?.Length);
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_current_copy_is_answered_with_304_and_an_outdated_one_with_all_bytes()
    {
        var url = await UrlAsync();
        using var first = await Host.Http.GetAsync(url, Cancel);

        using var known = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var notModified = await Host.Http.SendAsync(known, Cancel);
        Assert.Equal(HttpStatusCode.NotModified, notModified.StatusCode);

        using var other = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new RangeHeaderValue(0, 9), IfRange = new RangeConditionHeaderValue("\"other\"") } };
        using var whole = await Host.Http.SendAsync(other, Cancel);
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
    }

    [Fact]
    public async Task HEAD_returns_the_headers_of_GET()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, await UrlAsync());
        using var response = await Host.Http.SendAsync(request, Cancel);

        Assert.Equal((HttpStatusCode.OK, s_file.Length), (response.StatusCode, response.Content.Headers.ContentLength));
    }

    [Theory]
    [InlineData("/media/00000000000000000000000000000000/original")]
    [InlineData("/media/00000000000000000000000000000000/thumb")]
    [InlineData("/media/short/original")]
    [InlineData("/media/0000000000000000000000000000000G/original")]
    public async Task An_address_that_was_never_given_out_is_404_and_not_cached(string url)
    {
        using var response = await Host.Http.GetAsync(url, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task A_deleted_image_is_410_at_once_and_its_bytes_and_row_are_removed()
    {
        var image = await UploadAsync();
        var (id, url, key) = (image.GetProperty("id").GetInt64(), image.GetProperty("url").GetString()!, image.GetProperty("storage_path").GetString()!);
        using var deleted = await Host.Http.DeleteAsync($"/images/{id}", Cancel);

        Assert.Equal(HttpStatusCode.Gone, await StatusAsync(url));
        Assert.True(await Host.Container.GetBlobClient(key).ExistsAsync(Cancel));

        await Host.Database.ExecuteAsync($"UPDATE retired_blobs SET due_at = now() WHERE blob_key = '{key}'", Cancel);
        await RemoveDueAsync();

        await Eventually.ReadAsync(cancel => Host.Database.ScalarAsync<long>($"SELECT count(*) FROM images WHERE id = {id}", cancel), until: rows => rows is 0, TimeSpan.FromSeconds(30), Cancel);
        Assert.False(await Host.Container.GetBlobClient(key).ExistsAsync(Cancel));
        Assert.Equal(HttpStatusCode.Gone, await StatusAsync(url));
        await RemoveDueAsync();
    }

    [Fact]
    public async Task A_download_is_a_file_with_its_name_and_digest()
    {
        var id = (await UploadAsync()).GetProperty("id").GetInt64();
        using var renamed = await Host.Http.PutAsync(
            $"/images/{id}", new StringContent("""{"original_filename":"/photos/söme; y.jpg"}""", Encoding.UTF8, "application/json"), Cancel);

        using var response = await Host.Http.GetAsync($"/images/{id}/download", Cancel);

        Assert.Equal(s_file, await response.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("söme; y.jpg", response.Content.Headers.ContentDisposition?.FileNameStar);
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(s_file))}:", response.Headers.GetValues("Repr-Digest").Single());
    }

    [Fact]
    public async Task A_client_that_wants_JSON_gets_the_image_object_as_the_original_service_gave()
    {
        var id = (await UploadAsync()).GetProperty("id").GetInt64();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/images/{id}/download");
        request.Headers.Accept.ParseAdd("application/json");
        using var response = await Host.Http.SendAsync(request, Cancel);

        Assert.Equal(id, (await ApiHost.JsonAsync(response, Cancel)).GetProperty("id").GetInt64());
        Assert.Contains("Accept", response.Headers.Vary);
    }

    [Fact]
    public async Task An_images_ETag_changes_with_its_details()
    {
        var id = (await UploadAsync()).GetProperty("id").GetInt64();
        using var first = await Host.Http.GetAsync($"/images/{id}", Cancel);
        Assert.Equal(HttpStatusCode.NotModified, await ConditionalAsync(id, first.Headers.ETag!));

        using var renamed = await Host.Http.PutAsync(
            $"/images/{id}", new StringContent("""{"original_filename":"other.jpg"}""", Encoding.UTF8, "application/json"), Cancel);
        Assert.Equal(HttpStatusCode.OK, await ConditionalAsync(id, first.Headers.ETag!));
    }

    [Fact]
    public async Task Bytes_that_the_store_has_lost_are_a_server_error_and_not_an_empty_image()
    {
        var image = await UploadAsync();
        await Host.Container.DeleteBlobAsync(image.GetProperty("storage_path").GetString()!, cancellationToken: Cancel);

        using var response = await Host.Http.GetAsync(image.GetProperty("url").GetString(), Cancel);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.EndsWith("/content-missing", (await ApiHost.JsonAsync(response, Cancel)).GetProperty("type").GetString());
    }

    private Task<int> RemoveDueAsync() => Host.CallAsync<BlobRemoval, int>(removal => removal.RemoveDueAsync(Cancel));

    private async Task<JsonElement> UploadAsync() => await Host.UploadAsync(await Host.CreateUserAsync(Cancel), s_file, Cancel);

    private async Task<string> UrlAsync() => (await UploadAsync()).GetProperty("url").GetString()!;

    private async Task<HttpStatusCode> StatusAsync(string url)
    {
        using var response = await Host.Http.GetAsync(url, Cancel);
        return response.StatusCode;
    }

    private async Task<HttpStatusCode> ConditionalAsync(long id, EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/images/{id}") { Headers = { IfNoneMatch = { tag } } };
        using var response = await Host.Http.SendAsync(request, Cancel);
        return response.StatusCode;
    }
}
