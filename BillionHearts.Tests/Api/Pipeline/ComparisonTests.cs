using System.Net.Http.Json;
using System.Text.Json;
using BillionHearts.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using static BillionHearts.Tests.Api.TestResults;

namespace BillionHearts.Tests.Api.Pipeline;

/// <summary>What an operator sees of a new version before it repeats what an older one made. Each test is about the images of its own user.</summary>
[Collection(typeof(PipelineApi))]
public sealed class ComparisonTests(PipelineFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_comparison_shows_what_differs_and_changes_no_image()
    {
        var (user, ids) = await AnalyzedAsync(4);
        var (before, blobs) = (await ShownAsync(ids), await Host.CountBlobsAsync(Cancel));
        var paths = before.Select(image => image.GetProperty("storage_path").GetString()!).ToList();
        fixture.Worker.Answer = request => paths.IndexOf(request.OriginalKey) switch
        {
            0 => Result(request),
            1 => Result(request, analysis => analysis with { Phash = "fedcba9876543217", DominantColor = "#336698" }),
            2 => Result(request, analysis => analysis with { Phash = "fedcba9876543211" }),
            _ => TypedResults.UnprocessableEntity(new AnalysisFailure("corrupt", "It is damaged.")),
        };

        var comparison = await DoneAsync(await StartAsync(new { sample = 10, user_id = user, analyzer = "test/2" }));

        Assert.Equal(("done", 4, 3, 1, 0, 0), Progress(comparison));
        var report = comparison.GetProperty("report");
        Assert.Equal(2, report.GetProperty("changed").GetInt32());
        Assert.Equal("""[{"old":"test/1","new":"test/2","images":3}]""", $"{report.GetProperty("analyzers")}");
        Assert.Equal("""{"old_median":1,"old_p95":1,"new_median":0.25,"new_p95":0.25}""", $"{report.GetProperty("seconds")}");
        Assert.Equal(
            """
            [{"field":"phash","changed":2,"added":0,"lost":0,"share":0.6667,"median":1,"p95":3,"max":3},
            {"field":"dominant_color","changed":1,"added":0,"lost":0,"share":0.3333,"median":null,"p95":null,"max":null},
            {"field":"sharpness","changed":0,"added":3,"lost":0,"share":1,"median":null,"p95":null,"max":null}]
            """.ReplaceLineEndings(""),
            $"{report.GetProperty("fields")}");
        Assert.Equal("""[{"state":"failed","reason":"corrupt","images":1}]""", $"{report.GetProperty("not_compared")}");
        Assert.Equal([ids[1], ids[2]], report.GetProperty("most_different").EnumerateArray().Select(image => image.GetProperty("image_id").GetInt64()));
        Assert.Equal(
            """{"field":"dominant_color","kind":"changed","change":null,"old":"#336699","new":"#336698"}""",
            $"{report.GetProperty("most_different")[0].GetProperty("differences")[0]}");

        Assert.Equal(before.Select(image => $"{image}"), (await ShownAsync(ids)).Select(image => $"{image}"));
        // Nothing is added; what earlier tests deleted may go meanwhile.
        Assert.InRange(await Host.CountBlobsAsync(Cancel), ids.Count, blobs);
    }

    [Fact]
    public async Task Images_that_no_worker_can_answer_for_are_tried_again()
    {
        var (user, ids) = await AnalyzedAsync(2);
        fixture.Worker.Answer = TrialWorker.Unknown;
        var comparison = await StartAsync(new { user_id = user });
        await TriedAsync(comparison, attempts: 1, images: 2);

        using var replaced = await Host.PutContentAsync(ids[0], TestImages.Png(41, 31));
        fixture.Worker.Answer = request => Result(request);
        await DueAsync(comparison);

        var done = await DoneAsync(comparison);
        Assert.Equal(("done", 2, 1, 0, 1, 0), Progress(done));
        Assert.Equal("""[{"state":"skipped","reason":"changed","images":1}]""", $"{done.GetProperty("report").GetProperty("not_compared")}");
    }

    [Fact]
    public async Task One_comparison_runs_at_a_time_and_can_be_cancelled()
    {
        var (user, _) = await AnalyzedAsync(1);
        fixture.Worker.Answer = _ => TypedResults.StatusCode(503);
        var comparison = await StartAsync(new { user_id = user });
        var id = comparison.GetProperty("id").GetInt64();

        var (status, refusal) = await PostAsync("/analysis/comparisons", new { user_id = user });
        Assert.Equal((409, $"Comparison {id} has not ended. Cancel it, or wait until it is done."), (status, refusal.GetProperty("detail").GetString()));

        var (cancelled, shown) = await PostAsync($"/analysis/comparisons/{id}/cancel", null);
        Assert.Equal((200, ("cancelled", 1, 0, 0, 0, 1)), (cancelled, Progress(shown)));
        using var listed = await Host.Http.GetAsync("/analysis/comparisons", Cancel);
        Assert.Equal((id, JsonValueKind.Null), (await ApiHost.JsonAsync(listed, Cancel))[0] is var newest
            ? (newest.GetProperty("id").GetInt64(), newest.GetProperty("report").ValueKind)
            : default);
    }

    [Fact]
    public async Task A_comparison_that_has_ended_cannot_be_cancelled()
    {
        var (user, _) = await AnalyzedAsync(1);
        fixture.Worker.Answer = request => Result(request);
        var comparison = await DoneAsync(await StartAsync(new { sample = 1, user_id = user }));

        Assert.Equal(409, (await PostAsync($"/analysis/comparisons/{comparison.GetProperty("id")}/cancel", null)).Status);
        Assert.Equal(404, (await PostAsync("/analysis/comparisons/999999/cancel", null)).Status);
    }

    [Theory]
    [InlineData("""{"sample": 0}""", 422, "sample must be a whole number")]
    [InlineData("""{"sample": 1001}""", 422, "sample must be a whole number")]
    [InlineData("""{"analyzer": "five"}""", 422, "analyzer must be the name and version")]
    [InlineData("""{"user_id": 999999999}""", 409, "No analysed image is selected")]
    public async Task A_comparison_of_nothing_is_refused(string body, int expected, string detail)
    {
        var (status, refusal) = await PostAsync("/analysis/comparisons", JsonElement.Parse(body));

        Assert.Equal(expected, status);
        Assert.StartsWith(detail, refusal.GetProperty("detail").GetString());
    }

    private static Ok<TrialResult> Result(TrialRequest request, Func<ImageAnalysis, ImageAnalysis>? change = null)
    {
        var analysis = Analyzed(new PendingImage(1, Guid.NewGuid(), 1)).Analysis! with { Analyzer = "test/2", Sharpness = request.Sha256 is null ? null : 12.5 };
        return TypedResults.Ok(new TrialResult { Analysis = change is null ? analysis : change(analysis), Seconds = 0.25 });
    }

    private async Task<(long User, List<long> Ids)> AnalyzedAsync(int count)
    {
        var user = await Host.CreateUserAsync(Cancel);
        var ids = new List<long>();

        for (var i = 0; i < count; i++)
        {
            ids.Add(await fixture.UploadAsync(user, Cancel));
            await fixture.StoreAsync(ids[^1], Analyzed, Cancel);
        }

        return (user, ids);
    }

    private async Task<List<JsonElement>> ShownAsync(IEnumerable<long> ids)
    {
        var shown = new List<JsonElement>();

        foreach (var id in ids)
        {
            shown.Add(await Host.GetImageAsync(id, Cancel));
        }

        return shown;
    }

    private async Task<JsonElement> StartAsync(object body)
    {
        var (status, comparison) = await PostAsync("/analysis/comparisons", body);
        Assert.True(status is 200, $"{comparison}");
        return comparison;
    }

    private async Task<(int Status, JsonElement Body)> PostAsync(string path, object? body)
    {
        using var answer = await Host.Http.PostAsync(path, body is null ? null : JsonContent.Create(body), Cancel);
        return ((int)answer.StatusCode, await ApiHost.JsonAsync(answer, Cancel));
    }

    private Task<JsonElement> DoneAsync(JsonElement comparison) => Eventually.ReadAsync(
        async cancel =>
        {
            using var answer = await Host.Http.GetAsync($"/analysis/comparisons/{comparison.GetProperty("id")}", cancel);
            return await ApiHost.JsonAsync(answer, cancel);
        },
        until: found => found.GetProperty("ended_at").ValueKind is JsonValueKind.String,
        PipelineFixture.Limit,
        Cancel);

    private Task<long> TriedAsync(JsonElement comparison, int attempts, int images) => Eventually.ReadAsync(
        cancel => Host.Database.ScalarAsync<long>(
            $"SELECT count(*) FROM comparison_images WHERE comparison_id = {comparison.GetProperty("id")} AND attempts >= {attempts}", cancel),
        until: count => count == images,
        PipelineFixture.Limit,
        Cancel);

    private Task DueAsync(JsonElement comparison) => Host.Database.ExecuteAsync(
        $"UPDATE comparison_images SET due_at = now() WHERE comparison_id = {comparison.GetProperty("id")}", Cancel);

    private static (string? State, int Sample, int Compared, int Failed, int Skipped, int Pending) Progress(JsonElement comparison) => (
        comparison.GetProperty("state").GetString(), Number(comparison, "sample"), Number(comparison, "compared"), Number(comparison, "failed"),
        Number(comparison, "skipped"), Number(comparison, "pending"));

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();
}
