using System.Net;

namespace BillionHearts.Tests.Api.Resumable;

/// <summary>Concurrent requests: retries that overtake the request they repeat, and two senders of one upload.</summary>
public sealed class TusConcurrencyTests(ResumableFixture fixture) : IClassFixture<ResumableFixture>
{
    private const int Parallel = 12;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    private TusClient Tus => fixture.Tus;

    [Theory]
    [InlineData(100)]
    [InlineData(200_000)]
    public async Task Each_piece_of_simultaneous_uploads_of_the_same_bytes_is_stored_once(int length)
    {
        var photo = ResumableFixture.Photo(300_000);
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), photo.Length);

        var answers = await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Tus.PatchAsync(path, 0, photo[..length])));

        Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.NoContent);
        Assert.Equal(Parallel - 1, answers.Count(answer => answer.StatusCode is HttpStatusCode.Conflict));
        Assert.Equal(length, await Tus.OffsetAsync(path));
        await Tus.AppendAsync(path, length, photo[length..]);
        Assert.Equal(photo, await Host.Http.GetByteArrayAsync($"/images/{(await Tus.ImageAsync(path)).GetProperty("id")}/download", Cancel));
    }

    [Fact]
    public async Task One_of_several_requests_with_the_last_bytes_creates_the_image()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var photo = ResumableFixture.Photo(200_000);
        var path = await Tus.CreateAsync(user, photo.Length);
        await Tus.AppendAsync(path, 0, photo[..150_000]);
        var blobs = await fixture.CountBlobsAsync(Cancel);

        var answers = await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Tus.PatchAsync(path, 150_000, photo[150_000..])));

        Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.NoContent);
        Assert.Equal(Parallel - 1, answers.Count(answer => answer.StatusCode is HttpStatusCode.Conflict));
        Assert.Equal(1, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM images WHERE user_id = {user}", Cancel));
        Assert.Equal(1, await Host.Database.ScalarAsync<long>($"SELECT image_count FROM users WHERE id = {user}", Cancel));
        // Only the image is left: neither the three parts nor the eleven other copies.
        Assert.Equal(blobs - 3 + 1, await fixture.CountBlobsAsync(Cancel));
    }

    [Fact]
    public async Task An_upload_that_is_terminated_while_it_is_sent_ends_and_leaves_nothing()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var photo = ResumableFixture.Photo(400_000);
        var blobs = await fixture.CountBlobsAsync(Cancel);

        for (var i = 0; i < 5; i++)
        {
            var path = await Tus.CreateAsync(user, photo.Length);
            var sending = Tus.PatchAsync(path, 0, photo[..(350_000 + (i * 10_000))]);
            await Eventually.ReadAsync(_ => Tus.OffsetAsync(path), until: offset => offset > i * 50_000, TimeSpan.FromSeconds(30), Cancel);

            using var terminated = await Tus.SendAsync("DELETE", path, null);
            using var sent = await sending;

            Assert.Equal(HttpStatusCode.NoContent, terminated.StatusCode);
            Assert.True(sent.StatusCode is HttpStatusCode.Gone or HttpStatusCode.NoContent, $"{sent.StatusCode}");
            using var head = await Tus.HeadAsync(path);
            Assert.Equal(HttpStatusCode.Gone, head.StatusCode);
        }

        Assert.Equal(0, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM resumable_upload_parts JOIN resumable_uploads ON upload_id = id WHERE user_id = {user}", Cancel));
        Assert.Equal(blobs, await fixture.CountBlobsAsync(Cancel));
    }

    [Fact]
    public async Task A_creation_that_is_repeated_under_one_key_creates_one_upload()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var photo = ResumableFixture.Photo(5000);

        var answers = await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Tus.PostAsync(user, photo.Length, null, ("Idempotency-Key", "a"))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Single(answers.Select(answer => answer.Headers.Location).Distinct());
        Assert.Equal(Parallel - 1, answers.Count(answer => TusClient.Header(answer, "Idempotency-Replayed") is "true"));
        Assert.Equal(1, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM resumable_uploads WHERE user_id = {user}", Cancel));

        await Tus.AppendAsync(answers[0].Headers.Location!.OriginalString, 0, photo[..100]);
        using var later = await Tus.PostAsync(user, photo.Length, null, ("Idempotency-Key", "a"));
        Assert.Equal("100", TusClient.Header(later, "Upload-Offset"));
    }

    [Fact]
    public async Task A_key_is_for_one_creation_of_one_user()
    {
        var (user, other) = (await Host.CreateUserAsync(Cancel), await Host.CreateUserAsync(Cancel));
        var path = await Tus.CreateAsync(user, 5000, ("Idempotency-Key", "b"));

        Assert.NotEqual(path, await Tus.CreateAsync(other, 5000, ("Idempotency-Key", "b")));
        Assert.NotEqual(path, await Tus.CreateAsync(user, 5000, ("Idempotency-Key", "c")));
        using var reused = await Tus.PostAsync(user, 5001, null, ("Idempotency-Key", "b"));
        await TusClient.AssertProblemAsync(reused, 422, "idempotency-key-reused");
    }
}
