using System.Net;
using System.Text.Json;
using BillionHearts.Api.Pipeline.Recognition;
using BillionHearts.Contracts;
using BillionHearts.Messaging;
using BillionHearts.Tests.Api.Duplicates;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;

namespace BillionHearts.Tests.Api.Recognition;

/// <summary>What the api makes of a worker's recognition.</summary>
public sealed class RecognizedTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const ulong Hash = 0xf0f0_1234_5678_9abc;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static int s_hashes;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task Recognized_text_is_shown_and_found_and_the_image_is_otherwise_the_same()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var image = await Host.AddAsync(user, NextHash());
        var before = await Host.GetImageAsync(image, Cancel);
        Assert.Equal(JsonValueKind.Null, before.GetProperty("recognition").ValueKind);

        await RecognizeAsync(image, seed: 1, text: "Harbour Museum");
        await RecognizeAsync(image, seed: 1, text: "Harbour Museum");

        var after = await Host.GetImageAsync(image, Cancel);
        Assert.Equal("""{"model":"resnet18/1","text":"Harbour Museum"}""", $"{after.GetProperty("recognition")}");
        Assert.Equal((before.GetProperty("status").GetString(), $"{before.GetProperty("analysis")}"), (after.GetProperty("status").GetString(), $"{after.GetProperty("analysis")}"));
        Assert.Equal(HttpStatusCode.OK, await SearchAsync(user, "museum harb"));
        Assert.Equal(HttpStatusCode.NotFound, await SearchAsync(await Host.CreateUserAsync(Cancel), "museum"));
    }

    [Fact]
    public async Task Text_that_arrives_before_the_analysis_is_found_after_it()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var image = (await Host.UploadAsync(user, TestImages.Png(42, 30), Cancel)).GetProperty("id").GetInt64();

        await RecognizeAsync(image, seed: 1, text: "lighthouse");
        await Host.AnalyzeAsync(image, NextHash());

        Assert.Equal(HttpStatusCode.OK, await SearchAsync(user, "lighthouse"));
    }

    [Fact]
    public async Task Look_alikes_come_most_alike_first_without_near_duplicates_and_others_images()
    {
        var (user, other) = (await Host.CreateUserAsync(Cancel), await Host.CreateUserAsync(Cancel));
        var hash = NextHash();
        var image = await AddAsync(user, hash, mix: 0);
        var alike = await AddAsync(user, NextHash(), mix: 0.3);
        var nearest = await AddAsync(user, NextHash(), mix: 0.1);
        var near = await AddAsync(user, hash ^ 7, mix: 0.05);
        await AddAsync(user, NextHash(), mix: 1);
        await AddAsync(other, NextHash(), mix: 0);
        await Host.AddAsync(user, NextHash());

        var found = await LooksAsync(image);

        Assert.Equal([nearest, alike], found.Select(one => one.Id));
        Assert.All(found, one => Assert.InRange(one.Score, 0.8, 0.999));
        Assert.Equal([nearest], (await LooksAsync(image, $"&min_score={found[0].Score.ToString(System.Globalization.CultureInfo.InvariantCulture)}")).Select(one => one.Id));
        Assert.Equal([nearest], (await LooksAsync(image, "&limit=1")).Select(one => one.Id));
        Assert.Equal([near, nearest, alike], (await LooksAsync(image, "&max_distance=2")).Select(one => one.Id));
    }

    [Fact]
    public async Task Look_alikes_are_found_behind_a_long_series_of_near_duplicates()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var hash = NextHash();
        var image = await AddAsync(user, hash, mix: 0);
        var (alike, lessAlike) = (await AddAsync(user, NextHash(), mix: 0.2), await AddAsync(user, NextHash(), mix: 0.3));
        // More than are compared.
        await Host.Database.ExecuteAsync(
            $"""
            WITH series AS (
                INSERT INTO images (id, user_id, original_filename, upload_date, width, height, file_size, file_type, storage_path, status, version, analysis_attempt, removal_attempts, phash, sha256)
                SELECT nextval('images_id_seq') * 1000 + n, {user}, 'x', now(), 1, 1, 1, 'png', 'originals/' || gen_random_uuid(), 'analyzed', 1, 1, 0, {(long)(hash ^ 1)}, sha256(n::text::bytea)
                FROM generate_series(1, 400) AS n RETURNING id)
            INSERT INTO image_looks (image_id, user_id, version, model, cell, code, embedding)
            SELECT series.id, user_id, version, model, cell, code, embedding FROM series CROSS JOIN image_looks WHERE image_id = {image}
            """,
            Cancel);

        Assert.Equal([alike, lessAlike], (await LooksAsync(image)).Select(one => one.Id));
        Assert.Equal([alike], (await LooksAsync(image, "&limit=1")).Select(one => one.Id));
        Assert.All(await LooksAsync(image, "&max_distance=0"), one => Assert.Equal(1, one.Score));
    }

    [Fact]
    public async Task Nothing_of_a_deleted_or_replaced_image_is_found_or_kept()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (image, deleted, replaced) = (await AddAsync(user, NextHash(), 0), await AddAsync(user, NextHash(), 0.1), await AddAsync(user, NextHash(), 0.2, "lighthouse"));
        Assert.Equal([deleted, replaced], (await LooksAsync(image)).Select(one => one.Id));

        using var delete = await Host.Http.DeleteAsync($"/images/{deleted}", Cancel);
        using var put = await Host.PutContentAsync(replaced, TestImages.Png(50, 50));

        Assert.Empty(await LooksAsync(image));
        Assert.Equal(HttpStatusCode.NotFound, await SearchAsync(user, "lighthouse"));
        await RecognizeAsync(replaced, seed: 1, version: 1, text: "lighthouse");
        await RecognizeAsync(deleted, seed: 1);
        await Host.AnalyzeAsync(replaced, NextHash());
        Assert.Empty(await LooksAsync(image));
        Assert.Equal(HttpStatusCode.NotFound, await SearchAsync(user, "lighthouse"));
        Assert.Equal(0, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM image_looks WHERE image_id = {replaced}", Cancel));
        await RecognizeAsync(replaced, seed: 1, version: 2);
        Assert.Equal([replaced], (await LooksAsync(image)).Select(one => one.Id));
    }

    [Fact]
    public async Task What_was_recognized_stays_when_a_repetition_fails()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var image = await AddAsync(user, NextHash(), mix: 0, "lighthouse");
        var failed = Result(image, seed: 1, version: 1, text: null);

        await HandleAsync(failed with { Embedding = null, Recognition = failed.Recognition with { Failure = new AnalysisFailure("timeout", "The recognition did not finish.") } });

        Assert.Equal("lighthouse", (await Host.GetImageAsync(image, Cancel)).GetProperty("recognition").GetProperty("text").GetString());
        Assert.Equal(HttpStatusCode.OK, await SearchAsync(user, "lighthouse"));
    }

    [Fact]
    public async Task A_recognition_is_a_step_of_the_timeline_and_one_that_failed_says_why()
    {
        var image = await Host.AddAsync(await Host.CreateUserAsync(Cancel), NextHash());

        Assert.Equal(Settlement.Ack, await HandleAsync(Result(image, 1, 1, null) with
        {
            Embedding = null,
            Recognition = Result(image, 1, 1, null).Recognition with { Failure = new AnalysisFailure("timeout", "The recognition did not finish within 120 s.") },
        }));

        using var response = await Host.Http.GetAsync($"/images/{image}/timeline", Cancel);
        var step = (await ApiHost.JsonAsync(response, Cancel)).GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("step").GetString() is "recognized");
        Assert.Equal(("timeout", 2.5), (step.GetProperty("error").GetProperty("reason").GetString(), step.GetProperty("duration_seconds").GetDouble()));
        var shown = await Host.GetImageAsync(image, Cancel);
        Assert.Equal(("analyzed", JsonValueKind.Null), (shown.GetProperty("status").GetString(), shown.GetProperty("recognition").ValueKind));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"requestId":"0198a2f0-0000-7000-8000-000000000001","imageId":1,"version":1,"recognition":null}""")]
    [InlineData("""{"requestId":"0198a2f0-0000-7000-8000-000000000001","imageId":1,"version":1,"embedding":"AAEC","recognition":{"model":"a/1","startedAt":"2026-01-01T00:00:00Z","finishedAt":"2026-01-01T00:00:00Z","worker":"w"}}""")]
    [InlineData("""{"requestId":"0198a2f0-0000-7000-8000-000000000001","imageId":1,"version":1,"recognition":{"model":"<b>","startedAt":"2026-01-01T00:00:00Z","finishedAt":"2026-01-01T00:00:00Z","worker":"w"}}""")]
    public async Task A_message_that_no_worker_sends_goes_to_the_dead_letters(string body) =>
        Assert.Equal(Settlement.DeadLetter, await HandleAsync(System.Text.Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("by=eye", "by must be one of hash, look, not 'eye'")]
    [InlineData("by=look&min_score=1.5", "min_score must be a number between 0 and 1, not '1.5'")]
    [InlineData("by=look&min_score=NaN", "min_score must be a number between 0 and 1, not 'NaN'")]
    [InlineData("min_score=0.5", "min_score needs by=look")]
    public async Task A_bad_way_or_score_is_refused(string query, string sentence)
    {
        var image = await Host.AddAsync(await Host.CreateUserAsync(Cancel), NextHash());

        Assert.StartsWith(sentence, await (await Host.Http.GetAsync($"/images/{image}/similar?{query}", Cancel)).RefusedAsync(422, "invalid-fields"));
    }

    private static ulong NextHash() => unchecked(Hash * (ulong)(2 * Interlocked.Increment(ref s_hashes) + 1) ^ (ulong)s_hashes << 32);

    /// <param name="mix">How much the picture differs: 0 for the same look, 1 for another one.</param>
    private async Task<long> AddAsync(long user, ulong hash, double mix, string? text = null)
    {
        var image = await Host.AddAsync(user, hash);
        await HandleAsync(Result(image, 1, 1, text) with { Embedding = LookCodeTests.Mixed(LookCodeTests.Embedding(1), LookCodeTests.Embedding(2), mix) });
        return image;
    }

    private Task<Settlement> RecognizeAsync(long image, int seed, int version = 1, string? text = null) => HandleAsync(Result(image, seed, version, text));

    private static RecognitionResult Result(long image, int seed, int version, string? text) => new()
    {
        RequestId = Guid.CreateVersion7(),
        ImageId = image,
        Version = version,
        Embedding = LookCodeTests.Embedding(seed),
        Recognition = new ImageRecognition
        {
            Model = "resnet18/1",
            Text = text,
            StartedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = DateTimeOffset.UnixEpoch.AddSeconds(2.5),
            Worker = "test",
        },
    };

    private Task<Settlement> HandleAsync(RecognitionResult result) => HandleAsync(JsonSerializer.SerializeToUtf8Bytes(result));

    private Task<Settlement> HandleAsync(byte[] body) => Host.CallAsync<RecognitionStore, Settlement>(store =>
        new RecognizedHandler(store, NullLogger<RecognizedHandler>.Instance).HandleAsync(new BasicProperties(), body, Cancel));

    private async Task<HttpStatusCode> SearchAsync(long user, string words)
    {
        using var response = await Host.Http.GetAsync($"/users/{user}/images?q={Uri.EscapeDataString(words)}", Cancel);
        return response.StatusCode;
    }

    private async Task<List<(long Id, double Score)>> LooksAsync(long image, string query = "")
    {
        using var response = await Host.Http.GetAsync($"/images/{image}/similar?by=look{query}", Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return [.. (await ApiHost.JsonAsync(response, Cancel)).EnumerateArray()
            .Select(entry => (entry.GetProperty("image").GetProperty("id").GetInt64(), entry.GetProperty("score").GetDouble()))];
    }
}
