using System.Net;
using BillionHearts.Api.Uploads.Resumable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Tests.Api.Resumable;

/// <summary>Uploads that do not become an image: terminated, expired, or refused for their bytes.</summary>
public sealed class TusEndTests(ResumableFixture fixture) : IClassFixture<ResumableFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    private TusClient Tus => fixture.Tus;

    [Fact]
    public async Task A_terminated_upload_is_gone_with_its_bytes()
    {
        var blobs = await fixture.CountBlobsAsync(Cancel);
        var path = await BeginAsync(200_000);
        Assert.True(await Host.CountBlobsAsync(Cancel) > blobs);

        using (var terminated = await Tus.SendAsync("DELETE", path, null))
        {
            Assert.Equal((HttpStatusCode.NoContent, "1.0.0"), (terminated.StatusCode, TusClient.Header(terminated, "Tus-Resumable")));
        }

        await AssertGoneAsync(path, "was terminated");
        Assert.Equal(blobs, await fixture.CountBlobsAsync(Cancel));
    }

    [Fact]
    public async Task An_expired_upload_is_gone_with_its_bytes_and_later_forgotten()
    {
        var blobs = await fixture.CountBlobsAsync(Cancel);
        var path = await BeginAsync(200_000);
        var stays = await BeginAsync(100);
        await Host.Database.ExecuteAsync($"UPDATE resumable_uploads SET expires_at = now() - interval '1 minute' WHERE id = '{path[9..]}'", Cancel);
        await AssertGoneAsync(path, "has expired");

        Assert.Equal(1, await Host.CallAsync<ResumableExpiry, int>(expiry => expiry.ExpireAsync(Cancel)));
        await AssertGoneAsync(path, "has expired");
        Assert.Equal(blobs + 1, await fixture.CountBlobsAsync(Cancel));
        Assert.Equal(0, await Host.CallAsync<ResumableExpiry, int>(expiry => expiry.ForgetAsync(Cancel)));

        await Host.Database.ExecuteAsync($"UPDATE resumable_uploads SET expires_at = now() - interval '8 days' WHERE id = '{path[9..]}'", Cancel);
        Assert.Equal(1, await Host.CallAsync<ResumableExpiry, int>(expiry => expiry.ForgetAsync(Cancel)));
        using var forgotten = await Tus.HeadAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, forgotten.StatusCode);
        Assert.Equal(100, await Tus.OffsetAsync(stays));
    }

    [Fact]
    public async Task Each_piece_extends_the_expiry_of_an_upload()
    {
        var path = await BeginAsync(100);
        await Host.Database.ExecuteAsync($"UPDATE resumable_uploads SET expires_at = now() + interval '1 hour' WHERE id = '{path[9..]}'", Cancel);

        using var response = await Tus.PatchAsync(path, 100, new byte[100]);

        var expires = DateTimeOffset.ParseExact(TusClient.Header(response, "Upload-Expires")!, "r", null);
        Assert.True(expires > TimeProvider.System.GetUtcNow().AddHours(23));
    }

    [Fact]
    public async Task An_image_stays_when_the_upload_that_it_was_is_terminated()
    {
        var photo = ResumableFixture.Photo(5000);
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), photo.Length);
        await Tus.AppendAsync(path, 0, photo);
        var image = (await Tus.ImageAsync(path)).GetProperty("id").GetInt64();

        using (var terminated = await Tus.SendAsync("DELETE", path, null))
        {
            Assert.Equal(HttpStatusCode.NoContent, terminated.StatusCode);
        }

        await AssertGoneAsync(path, "was terminated");
        Assert.Equal(photo, await Host.Http.GetByteArrayAsync($"/images/{image}/download", Cancel));
    }

    public static TheoryData<string, int, string, byte[]> BadFiles => new()
    {
        { "a document", 415, "unsupported-image", [.. "%PDF-1.7 "u8, .. new byte[200]] },
        { "a document of several pieces", 415, "unsupported-image", [.. "%PDF-1.7 "u8, .. new byte[200_000]] },
        { "an image cut off in its header", 422, "corrupt-image", TestImages.Jpeg(64, 48)[..20] },
        { "an image that is too wide", 422, "image-dimensions", TestImages.Png(65_001, 8) },
    };

    [Theory, MemberData(nameof(BadFiles))]
    public async Task A_file_that_is_refused_ends_its_upload_and_leaves_nothing(string what, int status, string problem, byte[] file)
    {
        var user = await Host.CreateUserAsync(Cancel);
        var blobs = await fixture.CountBlobsAsync(Cancel);
        var path = await Tus.CreateAsync(user, file.Length);

        using (var refused = await Tus.PatchAsync(path, 0, file))
        {
            Assert.NotEmpty(what + await TusClient.AssertProblemAsync(refused, status, problem));
        }

        await AssertGoneAsync(path, $"its content was refused ({problem})");
        Assert.Equal(blobs, await fixture.CountBlobsAsync(Cancel));
        Assert.Equal(0, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM images WHERE user_id = {user}", Cancel));
    }

    [Fact]
    public async Task A_file_of_an_unsupported_type_is_refused_with_its_first_piece()
    {
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), 10_000_000);

        using var refused = await Tus.PatchAsync(path, 0, [.. "%PDF-1.7 "u8, .. new byte[5000]]);

        Assert.Contains("a PDF document", await TusClient.AssertProblemAsync(refused, 415, "unsupported-image"));
        await AssertGoneAsync(path, "its content was refused (unsupported-image)");
    }

    [Fact]
    public async Task Bytes_that_the_store_has_lost_end_the_upload_without_an_image()
    {
        var photo = ResumableFixture.Photo(200_000);
        var user = await Host.CreateUserAsync(Cancel);
        var path = await Tus.CreateAsync(user, photo.Length);
        await Tus.AppendAsync(path, 0, photo[..150_000]);
        var key = await Host.Database.ScalarAsync<string>($"SELECT blob_key FROM resumable_upload_parts WHERE upload_id = '{path[9..]}' AND start > 0 LIMIT 1", Cancel);
        await Host.Container.DeleteBlobAsync(key, cancellationToken: Cancel);

        using var response = await Tus.PatchAsync(path, 150_000, photo[150_000..]);

        await TusClient.AssertProblemAsync(response, 500, "upload-bytes-lost");
        await AssertGoneAsync(path, "its content was refused (upload-bytes-lost)");
        Assert.Equal(0, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM images WHERE user_id = {user}", Cancel));
    }

    /// <summary>An upload of 400,000 bytes, of which the first have come.</summary>
    private async Task<string> BeginAsync(int length)
    {
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), 400_000);
        Assert.Equal(length, await Tus.AppendAsync(path, 0, ResumableFixture.Photo(400_000)[..length]));
        return path;
    }

    private async Task AssertGoneAsync(string path, string why)
    {
        using var head = await Tus.HeadAsync(path);
        Assert.Equal((HttpStatusCode.Gone, null), (head.StatusCode, TusClient.Header(head, "Upload-Offset")));
        using var patch = await Tus.PatchAsync(path, 0, [1]);
        Assert.Contains(why, await TusClient.AssertProblemAsync(patch, 410, "upload-gone"));
        using var delete = await Tus.SendAsync("DELETE", path, null);
        Assert.Equal(HttpStatusCode.Gone, delete.StatusCode);
    }
}
