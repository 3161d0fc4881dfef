using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using BillionHearts.Api.Pipeline.Removal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Tests.Api;

/// <summary>Metadata first, the bytes straight to the store by the address in the answer, then complete.</summary>
public sealed class DirectUploadTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly byte[] s_jpeg = TestImages.Jpeg(64, 48);
    private static readonly HttpClient s_store = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_direct_upload_is_the_image_once_it_is_completed()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var announced = await AnnounceAsync(user, s_jpeg);
        Assert.Equal(HttpStatusCode.Created, await PutAsync(announced, s_jpeg));

        var image = await (await CompleteAsync(announced, Convert.ToHexString(SHA256.HashData(s_jpeg)))).OkAsync();

        Assert.Equal(("pending", 1), (image.GetProperty("status").GetString(), image.GetProperty("version").GetInt32()));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(s_jpeg)), image.GetProperty("sha256").GetString());
        Assert.False(image.TryGetProperty("upload", out _));
        Assert.Equal(s_jpeg, await Host.Http.GetByteArrayAsync($"/images/{Id(announced)}/download", Cancel));
        Assert.Equal(1, await Host.Database.ScalarAsync<long>($"SELECT image_count FROM users WHERE id = {user}", Cancel));

        // Completing again, even at the same time, gives the same image.
        var again = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ => (await (await CompleteAsync(announced)).OkAsync()).ToString()));
        Assert.All(again, body => Assert.Equal(image.ToString(), body));
    }

    [Fact]
    public async Task An_upload_address_cannot_change_the_image_once_it_is_completed()
    {
        var announced = await AnnounceAsync(await Host.CreateUserAsync(Cancel), s_jpeg);
        await PutAsync(announced, s_jpeg);
        var image = await (await CompleteAsync(announced)).OkAsync();
        Assert.NotEqual(announced.GetProperty("storage_path").GetString(), image.GetProperty("storage_path").GetString());

        var incoming = announced.GetProperty("storage_path").GetString()!.Replace("originals/", "incoming/", StringComparison.Ordinal);
        await Host.Database.ExecuteAsync("UPDATE retired_blobs SET due_at = now()", Cancel);
        await Eventually.ReadAsync(
            async cancel => await Host.CallAsync<BlobRemoval, int>(removal => removal.RemoveDueAsync(cancel)) >= 0
                && (await Host.Container.GetBlobClient(incoming).ExistsAsync(cancel)).Value,
            until: exists => !exists, TimeSpan.FromSeconds(30), Cancel);

        await PutAsync(announced, TestImages.Jpeg(64, 48, seed: 2));
        Assert.Equal(s_jpeg, await Host.Http.GetByteArrayAsync($"/images/{Id(announced)}/download", Cancel));
        Assert.Equal(image.ToString(), (await (await CompleteAsync(announced)).OkAsync()).ToString());
    }

    [Fact]
    public async Task Simultaneous_completions_of_an_upload_count_once()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var announced = await AnnounceAsync(user, s_jpeg);
        await PutAsync(announced, s_jpeg);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async n => (await (await CompleteAsync(announced, key: n % 2 is 0 ? "k" : null)).OkAsync()).ToString()));

        Assert.Single(answers.Distinct());
        Assert.Equal((long)s_jpeg.Length, await Host.Database.ScalarAsync<long>($"SELECT stored_bytes FROM users WHERE id = {user}", Cancel));
        Assert.Equal(1, (await Host.GetImageAsync(Id(announced), Cancel)).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Completing_an_upload_is_409_before_its_bytes_and_404_for_an_unknown_image()
    {
        var announced = await AnnounceAsync(await Host.CreateUserAsync(Cancel), s_jpeg);
        await (await CompleteAsync(announced)).RefusedAsync(409, "content-not-uploaded");
        using var unknown = await Host.Http.PostAsync($"/images/{long.MaxValue}/complete", null, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    public static TheoryData<string, byte[], string, object, string> Mismatches => new()
    {
        { "file_size", [.. s_jpeg, 0], "file_size", s_jpeg.Length, "content-mismatch" },
        { "file_type", TestImages.Png(64, 48), "file_type", "jpeg", "content-mismatch" },
        { "width", s_jpeg, "width", 65, "content-mismatch" },
        { "no image", "%PDF-1.7 and more"u8.ToArray(), "file_type", "jpeg", "unsupported-image" },
        { "cut short", s_jpeg[..30], "file_type", "jpeg", "corrupt-image" },
    };

    [Theory, MemberData(nameof(Mismatches))]
    public async Task Other_bytes_than_announced_are_422_and_the_address_can_be_used_again(string what, byte[] sent, string field, object value, string slug)
    {
        var user = await Host.CreateUserAsync(Cancel);
        var announced = await AnnounceAsync(user, sent, (field, value));
        var blobs = await Host.CountBlobsAsync(Cancel);
        Assert.Equal(HttpStatusCode.Created, await PutAsync(announced, sent));

        var problem = await (await CompleteAsync(announced)).RefusedAsync(422, slug);

        Assert.True(slug is not "content-mismatch" || problem.Contains($"{value}", StringComparison.Ordinal), $"{what}: {problem}");
        Assert.Equal("awaiting_content", (await Host.GetImageAsync(Id(announced), Cancel)).GetProperty("status").GetString());
        // Blobs that earlier tests replaced may go meanwhile.
        Assert.InRange(await Host.CountBlobsAsync(Cancel), 0, blobs);
        Assert.Equal(HttpStatusCode.Created, await PutAsync(announced, sent));
    }

    [Fact]
    public async Task A_hash_that_does_not_match_the_content_is_422_before_and_after()
    {
        var announced = await AnnounceAsync(await Host.CreateUserAsync(Cancel), s_jpeg);
        await PutAsync(announced, s_jpeg);
        var wrong = new string('0', 64);

        Assert.Contains(wrong, await (await CompleteAsync(announced, wrong)).RefusedAsync(422, "content-mismatch"));
        await PutAsync(announced, s_jpeg);
        await (await CompleteAsync(announced, Convert.ToHexString(SHA256.HashData(s_jpeg)))).OkAsync();
        await (await CompleteAsync(announced, wrong)).RefusedAsync(422, "content-mismatch");
        await (await CompleteAsync(announced, "xyz")).RefusedAsync(422, "invalid-fields");
    }

    [Fact]
    public async Task An_announced_image_downloads_as_its_object_and_shows_where_to_upload()
    {
        var announced = await AnnounceAsync(await Host.CreateUserAsync(Cancel), s_jpeg);
        using var download = await Host.Http.GetAsync($"/images/{Id(announced)}/download", Cancel);
        using var details = await Host.Http.GetAsync($"/images/{Id(announced)}", Cancel);

        Assert.Equal(announced.ToString(), (await ApiHost.JsonAsync(download, Cancel)).ToString());
        Assert.Equal(announced.ToString(), (await ApiHost.JsonAsync(details, Cancel)).ToString());
        var upload = announced.GetProperty("upload");
        Assert.Equal("PUT", upload.GetProperty("method").GetString());
        Assert.InRange(upload.GetProperty("expires_at").GetDateTime() - DateTime.SpecifyKind(announced.GetProperty("upload_date").GetDateTime(), DateTimeKind.Utc), TimeSpan.FromHours(1), TimeSpan.FromHours(1.3));
    }

    private static long Id(JsonElement image) => image.GetProperty("id").GetInt64();

    private async Task<JsonElement> AnnounceAsync(long user, byte[] file, (string Field, object Value)? other = null)
    {
        var metadata = new Dictionary<string, object>
        {
            ["user_id"] = user,
            ["original_filename"] = "a",
            ["width"] = 64,
            ["height"] = 48,
            ["file_size"] = file.Length,
            ["file_type"] = "jpeg",
        };

        if (other is { } change)
        {
            metadata[change.Field] = change.Value;
        }

        return await (await Host.Http.PostAsJsonAsync("/images/", metadata, Cancel)).OkAsync();
    }

    /// <summary>Does what the upload object says, as a client would that knows nothing else.</summary>
    private static async Task<HttpStatusCode> PutAsync(JsonElement image, byte[] bytes)
    {
        var upload = image.GetProperty("upload");
        using var request = new HttpRequestMessage(new HttpMethod(upload.GetProperty("method").GetString()!), upload.GetProperty("url").GetString());
        request.Content = new ByteArrayContent(bytes);

        foreach (var header in upload.GetProperty("headers").EnumerateObject())
        {
            _ = request.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString()) || request.Content.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
        }

        using var response = await s_store.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> CompleteAsync(JsonElement image, string? sha256 = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/images/{Id(image)}/complete");
        request.Content = sha256 is null ? null : JsonContent.Create(new { sha256 });

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await Host.Http.SendAsync(request, Cancel);
    }
}
