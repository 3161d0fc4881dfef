using System.Security.Cryptography;

namespace BillionHearts.Tests.Api.Resumable;

/// <summary>The checksum extension: a checksum is that of one request's body.</summary>
public sealed class TusChecksumTests(ResumableFixture fixture) : IClassFixture<ResumableFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    private TusClient Tus => fixture.Tus;

    [Theory]
    [InlineData("sha256")]
    [InlineData("sha1")]
    [InlineData("md5")]
    public async Task Bytes_with_a_matching_checksum_are_all_accepted(string algorithm)
    {
        var photo = ResumableFixture.Photo(300_000);
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), photo.Length);

        Assert.Equal(200_000, await Tus.AppendAsync(path, 0, photo[..200_000], Checksum(algorithm, photo[..200_000])));
        Assert.Equal(300_000, await Tus.AppendAsync(path, 200_000, photo[200_000..], Checksum(algorithm, photo[200_000..])));

        Assert.Equal(photo, await Host.Http.GetByteArrayAsync($"/images/{(await Tus.ImageAsync(path)).GetProperty("id")}/download", Cancel));
    }

    [Theory]
    [InlineData("a part of a piece", 0, 100)]
    [InlineData("several pieces", 0, 200_000)]
    [InlineData("the last piece", 299_000, 300_000)]
    [InlineData("all of it", 0, 300_000)]
    public async Task Bytes_with_a_wrong_checksum_are_discarded_and_can_be_sent_again(string what, int from, int to)
    {
        var photo = ResumableFixture.Photo(300_000);
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), photo.Length);
        _ = from is 0 ? 0 : await Tus.AppendAsync(path, 0, photo[..from]);
        var blobs = await fixture.CountBlobsAsync(Cancel);

        using (var refused = await Tus.PatchAsync(path, from, photo[from..to], Checksum("sha1", [.. photo[from..(to - 1)], 0, 1])))
        {
            Assert.NotEmpty(what + await TusClient.AssertProblemAsync(refused, 460, "checksum-mismatch"));
        }

        Assert.Equal(from, await Tus.OffsetAsync(path));
        Assert.Equal(blobs, await fixture.CountBlobsAsync(Cancel));
        Assert.Equal(to, await Tus.AppendAsync(path, from, photo[from..to], Checksum("sha1", photo[from..to])));
    }

    [Theory]
    [InlineData("crc32 AAAAAA==", "checksum-algorithm", "sha256,sha1,md5")]
    [InlineData("SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "checksum-algorithm", "'SHA1'")]
    [InlineData("sha1", "tus-header", "a space")]
    [InlineData("sha1 ???", "tus-header", "20 bytes")]
    [InlineData("sha1 AAAA", "tus-header", "20 bytes")]
    [InlineData("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0= more", "tus-header", "a space")]
    public async Task A_checksum_that_cannot_be_compared_is_refused_before_the_bytes_are_taken(string checksum, string problem, string detail)
    {
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), 5000);

        using var response = await Tus.PatchAsync(path, 0, [1, 2, 3], ("Upload-Checksum", checksum));

        Assert.Contains(detail, await TusClient.AssertProblemAsync(response, 400, problem));
        Assert.Equal(0, await Tus.OffsetAsync(path));
    }

    [Fact]
    public async Task A_creation_with_a_wrong_checksum_leaves_nothing()
    {
        var (user, photo) = (await Host.CreateUserAsync(Cancel), ResumableFixture.Photo(300_000));
        var blobs = await fixture.CountBlobsAsync(Cancel);

        using var response = await Tus.PostAsync(user, photo.Length, photo[..200_000], Checksum("sha256", photo));

        await TusClient.AssertProblemAsync(response, 460, "checksum-mismatch");
        Assert.Equal(0, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM resumable_uploads WHERE user_id = {user} AND refusal IS NULL", Cancel));
        Assert.Equal(blobs, await fixture.CountBlobsAsync(Cancel));
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_not_kept_when_a_checksum_covers_it()
    {
        var photo = ResumableFixture.Photo(300_000);
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), photo.Length);
        var blobs = await fixture.CountBlobsAsync(Cancel);

        using (var request = new RawRequest(Host.Http.BaseAddress!))
        {
            var (name, value) = Checksum("sha1", photo);
            await request.SendAsync(
                Cancel, $"PATCH {path} HTTP/1.1", "Tus-Resumable: 1.0.0", "Upload-Offset: 0", $"Content-Type: {TusClient.BodyType}",
                $"Content-Length: {photo.Length}", $"{name}: {value}");
            await request.SendAsync(photo.AsMemory(0, 200_000), Cancel);
            // Whole pieces of it are in the store by then.
            await Eventually.ReadAsync(Host.CountBlobsAsync, until: now => now > blobs, TimeSpan.FromSeconds(30), Cancel);
            request.Abort();
        }

        await Eventually.ReadAsync(fixture.CountBlobsAsync, until: now => now == blobs, TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(0, await Tus.OffsetAsync(path));
        Assert.Equal(300_000, await Tus.AppendAsync(path, 0, photo, Checksum("sha1", photo)));
    }

    private static (string Name, string? Value) Checksum(string algorithm, byte[] bytes) => (
        "Upload-Checksum",
        $"{algorithm} {Convert.ToBase64String(CryptographicOperations.HashData(new HashAlgorithmName(algorithm.ToUpperInvariant()), bytes))}");
}
