using System.Net;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Api.Resumable;

/// <summary>Clients that disconnect, and limits that are reached, during an upload.</summary>
public sealed class TusFaultTests(ResumableFixture fixture, AppHostFixture app) : IClassFixture<ResumableFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    private TusClient Tus => fixture.Tus;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(65_536, 1)]
    [InlineData(100_000, 7)]
    [InlineData(131_073, 50_000)]
    [InlineData(250_000, 49_999)]
    public async Task Bytes_received_before_a_disconnect_are_kept_and_the_rest_completes_them(int sent, int start)
    {
        var photo = ResumableFixture.Photo(300_000);
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), photo.Length);
        await Tus.AppendAsync(path, 0, photo[..start]);
        var wholePieces = sent / ResumableFixture.PieceBytes * ResumableFixture.PieceBytes;

        using (var request = new RawRequest(Host.Http.BaseAddress!))
        {
            await request.SendAsync(
                Cancel, $"PATCH {path} HTTP/1.1", "Tus-Resumable: 1.0.0", $"Upload-Offset: {start}", $"Content-Type: {TusClient.BodyType}",
                $"Content-Length: {photo.Length - start}");
            await request.SendAsync(photo.AsMemory(start, Math.Min(sent, photo.Length - start - 1)), Cancel);
            // Kept already while the request goes on.
            await Eventually.ReadAsync(_ => Tus.OffsetAsync(path), until: offset => offset >= start + wholePieces, TimeSpan.FromSeconds(30), Cancel);
            request.Abort();
        }

        var (image, resumed) = await ResumeAsync(path, photo);
        Assert.InRange(resumed, start + wholePieces, start + sent);
        Assert.Equal(photo, await Host.Http.GetByteArrayAsync($"/images/{image}/download", Cancel));
    }

    [Fact]
    public async Task A_client_that_disconnects_after_the_last_byte_finds_the_image()
    {
        var photo = ResumableFixture.Photo(200_000);
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), photo.Length);

        using (var request = new RawRequest(Host.Http.BaseAddress!))
        {
            await request.SendAsync(
                Cancel, $"PATCH {path} HTTP/1.1", "Tus-Resumable: 1.0.0", "Upload-Offset: 0", $"Content-Type: {TusClient.BodyType}", $"Content-Length: {photo.Length}");
            await request.SendAsync(photo, Cancel);
            await Eventually.ReadAsync(_ => Tus.OffsetAsync(path), until: offset => offset > 0, TimeSpan.FromSeconds(30), Cancel);
            request.Abort();
        }

        var (image, _) = await ResumeAsync(path, photo);
        Assert.Equal(photo, await Host.Http.GetByteArrayAsync($"/images/{image}/download", Cancel));
    }

    [Fact]
    public async Task The_quota_is_checked_at_creation_and_again_at_the_last_byte()
    {
        await using var host = await ApiHost.StartAsync(app, Cancel, ("Upload:MaxUserImages", "1"), ("Upload:MaxUserBytes", "20000"));
        var tus = new TusClient(host.Http);
        var user = await host.CreateUserAsync(Cancel);
        var photo = ResumableFixture.Photo(9000);

        using (var tooMuch = await tus.PostAsync(user, 20_001))
        {
            Assert.Contains("20000", await TusClient.AssertProblemAsync(tooMuch, 429, "quota-exceeded"));
        }

        var path = await tus.CreateAsync(user, photo.Length);
        await tus.AppendAsync(path, 0, photo[..5000]);
        var other = (await host.UploadAsync(user, photo, Cancel)).GetProperty("id").GetInt64();

        using (var full = await tus.PatchAsync(path, 5000, photo[5000..]))
        {
            Assert.Contains("1 images; the limit is 1", await TusClient.AssertProblemAsync(full, 429, "quota-exceeded"));
        }

        Assert.Equal(5000, await tus.OffsetAsync(path));
        using var deleted = await host.Http.DeleteAsync($"/images/{other}", Cancel);
        Assert.Equal(9000, await tus.AppendAsync(path, 5000, photo[5000..]));
    }

    [Fact]
    public async Task A_body_is_not_read_while_the_limit_of_pieces_in_flight_is_reached()
    {
        await using var host = await ApiHost.StartAsync(
            app, Cancel, ("Resumable:PieceBytes", "65536"), ("Upload:MaxBytes", "100000"), ("Upload:MaxBytesInFlight", "170000"));
        var tus = new TusClient(host.Http);
        var user = await host.CreateUserAsync(Cancel);
        var photo = ResumableFixture.Photo(100_000);
        RawRequest[] open = [new(host.Http.BaseAddress!), new(host.Http.BaseAddress!)];

        foreach (var request in open)
        {
            await request.SendAsync(
                Cancel, $"PATCH {await tus.CreateAsync(user, photo.Length)} HTTP/1.1", "Tus-Resumable: 1.0.0", "Upload-Offset: 0",
                $"Content-Type: {TusClient.BodyType}", $"Content-Length: {photo.Length}", "Expect: 100-continue");
            Assert.Equal(100, await request.ReadStatusAsync(Cancel));
        }

        var path = await tus.CreateAsync(user, photo.Length);
        using (var refused = await tus.PatchAsync(path, 0, photo))
        {
            Assert.Contains("131072", await TusClient.AssertProblemAsync(refused, 503, "overloaded"));
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        using (var refused = await tus.PostAsync(user, photo.Length, photo))
        {
            await TusClient.AssertProblemAsync(refused, 503, "overloaded");
        }

        Assert.Equal(3, await host.Database.ScalarAsync<long>("SELECT count(*) FROM resumable_uploads", Cancel));
        Assert.Equal(0, await tus.OffsetAsync(path));
        Array.ForEach(open, request => request.Abort());
        await Eventually.ReadAsync(
            async _ => (await tus.PatchAsync(path, 0, photo)).StatusCode, until: status => status is HttpStatusCode.NoContent, TimeSpan.FromSeconds(30), Cancel);
    }

    /// <summary>Resumes as clients do: asks for the offset and sends the rest, and repeats that while an earlier request still holds the upload.</summary>
    /// <returns>The image, and the offset that the upload was found at.</returns>
    private async Task<(long Image, long Resumed)> ResumeAsync(string path, byte[] photo)
    {
        var resumed = 0L;
        await Eventually.ReadAsync(
            async _ =>
            {
                resumed = await Tus.OffsetAsync(path);
                using var response = await Tus.PatchAsync(path, resumed, photo[(int)resumed..]);
                return response.StatusCode;
            },
            until: status => status is HttpStatusCode.NoContent, TimeSpan.FromSeconds(30), Cancel);
        return ((await Tus.ImageAsync(path)).GetProperty("id").GetInt64(), resumed);
    }
}
