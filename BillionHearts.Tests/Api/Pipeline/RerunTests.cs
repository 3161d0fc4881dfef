using System.Net.Http.Json;
using System.Text.Json;
using BillionHearts.Api.Pipeline.Reruns;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Work;
using static BillionHearts.Tests.Api.TestResults;

namespace BillionHearts.Tests.Api.Pipeline;

/// <summary>Repeated analyses of many images. Each test is about the images of its own user.</summary>
[Collection(typeof(PipelineApi))]
public sealed class RerunTests(PipelineFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task Images_stay_analyzed_until_the_new_result_and_if_there_is_none()
    {
        var (user, ids) = await AnalyzedAsync(3);
        var rerun = await StartAsync(new { scope = "all", user_id = user });
        Assert.Equal(3, rerun.GetProperty("expected").GetInt64());
        await OutstandingAsync(rerun, 3);

        Assert.All(await ShownAsync(ids), image => Assert.Equal(("analyzed", "#336699", 1), Summary(image)));
        await fixture.StoreAsync(ids[0], pending => Recolored(pending), Cancel);
        await fixture.StoreAsync(ids[1], pending => Failed(pending, "corrupt"), Cancel);
        using var deleted = await Host.Http.DeleteAsync($"/images/{ids[2]}", Cancel);

        var ended = await EndedAsync(rerun);
        Assert.Equal(("done", 3, 1, 1, 1), Progress(ended));
        Assert.Equal(("analyzed", "#000000", 1), Summary(await Host.GetImageAsync(ids[0], Cancel)));
        Assert.Equal(("analyzed", "#336699", 1), Summary(await Host.GetImageAsync(ids[1], Cancel)));
    }

    [Fact]
    public async Task Only_a_few_images_are_queued_at_once_however_many_feed()
    {
        var (user, ids) = await AnalyzedAsync(8);
        var rerun = await StartAsync(new { scope = "all", user_id = user });

        for (var left = ids.Count; left > 0; left -= PipelineFixture.MaxOutstanding)
        {
            // As the jobs of several replicas at the same moment.
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => FeedAsync()));
            await OutstandingAsync(rerun, Math.Min(left, PipelineFixture.MaxOutstanding));

            foreach (var id in await WaitingAsync(ids))
            {
                await fixture.StoreAsync(id, Analyzed, Cancel);
            }
        }

        Assert.Equal(("done", 8, 8, 0, 0), Progress(await EndedAsync(rerun)));
    }

    [Fact]
    public async Task A_paused_rerun_queues_nothing_and_a_cancelled_one_ends()
    {
        var (user, ids) = await AnalyzedAsync(8);
        var rerun = await StartAsync(new { scope = "all", user_id = user });
        await OutstandingAsync(rerun, 3);

        Assert.Equal("paused", Text(await ChangeAsync(rerun, "pause", 200), "state"));
        foreach (var id in await WaitingAsync(ids))
        {
            await fixture.StoreAsync(id, Analyzed, Cancel);
        }

        await OutstandingAsync(rerun, 0);
        await FeedAsync();
        Assert.Empty(await WaitingAsync(ids));
        Assert.Equal(("paused", 3, 3, 0, 0), Progress(await FindAsync(rerun)));

        await ChangeAsync(rerun, "resume", 200);
        await OutstandingAsync(rerun, 3);
        Assert.Equal("cancelled", Text(await ChangeAsync(rerun, "cancel", 200), "state"));
        await ChangeAsync(rerun, "resume", 409);
        foreach (var id in await WaitingAsync(ids))
        {
            await fixture.StoreAsync(id, Analyzed, Cancel);
        }

        await OutstandingAsync(rerun, 0);
        Assert.Equal(("cancelled", 6, 6, 0, 0), Progress(await FindAsync(rerun)));
    }

    [Fact]
    public async Task Only_what_an_older_version_made_is_repeated()
    {
        var (user, ids) = await AnalyzedAsync(4);
        string[] analyzers = ["billionhearts/9", "billionhearts/10", "other/1", "billionhearts/odd"];
        foreach (var (id, analyzer) in ids.Zip(analyzers))
        {
            await Host.Database.ExecuteAsync($"UPDATE images SET analysis = jsonb_set(analysis, '{{analyzer}}', '\"{analyzer}\"') WHERE id = {id}", Cancel);
        }

        var (_, forecast) = await PostAsync("/analysis/rerun?dry_run=true", new { scope = "older_than", analyzer = "billionhearts/10", user_id = user });
        Assert.Equal((1, false), (forecast.GetProperty("images").GetInt64(), forecast.GetProperty("is_estimate").GetBoolean()));
        Assert.True(forecast.GetProperty("expected_seconds").GetDouble() >= 0);
        Assert.Empty(await WaitingAsync(ids));

        var rerun = await StartAsync(new { scope = "older_than", analyzer = "billionhearts/10", user_id = user });
        await OutstandingAsync(rerun, 1);
        Assert.Equal([ids[0]], await WaitingAsync(ids));
        await fixture.StoreAsync(ids[0], Analyzed, Cancel);
        Assert.Equal(("done", 1, 1, 0, 0), Progress(await EndedAsync(rerun)));
    }

    [Fact]
    public async Task Failed_images_are_tried_again_and_replaced_ones_left_alone()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (failed, analyzed) = (await fixture.UploadAsync(user, Cancel), await fixture.UploadAsync(user, Cancel));
        await fixture.StoreAsync(failed, pending => Failed(pending, "corrupt"), Cancel);
        await fixture.StoreAsync(analyzed, Analyzed, Cancel);

        var rerun = await StartAsync(new { scope = "failed", user_id = user });
        await OutstandingAsync(rerun, 1);
        Assert.Equal("pending", Text(await Host.GetImageAsync(failed, Cancel), "status"));
        using var content = new ByteArrayContent(TestImages.Png(41, 31));
        using var replaced = await Host.Http.PutAsync($"/images/{failed}/content", content, Cancel);

        Assert.Equal(("done", 1, 0, 0, 1), Progress(await EndedAsync(rerun)));
    }

    [Fact]
    public async Task An_image_whose_message_is_a_dead_letter_does_not_keep_a_rerun_open()
    {
        var (user, ids) = await AnalyzedAsync(1);
        var rerun = await StartAsync(new { scope = "all", user_id = user });
        await OutstandingAsync(rerun, 1);
        var request = (await PendingAsync(Host, ids[0], Cancel)).Request;
        await Host.Database.ExecuteAsync(
            $"INSERT INTO dead_letters (queue, reason, message_id, message_key, body) VALUES ('analysis.backfill', 'delivery_limit', '{request}', '{request}', '')", Cancel);

        Assert.Equal(("done", 1, 0, 1, 0), Progress(await EndedAsync(rerun)));
    }

    [Fact]
    public async Task A_second_rerun_is_refused_until_the_first_has_ended()
    {
        var (user, _) = await AnalyzedAsync(1);
        var rerun = await StartAsync(new { scope = "all", user_id = user });
        await ChangeAsync(rerun, "pause", 200);

        var (status, refusal) = await PostAsync("/analysis/rerun", new { scope = "all" });
        Assert.Equal((409, $"Re-run {rerun.GetProperty("id")} has not ended. Cancel it, or wait until it is done."), (status, Text(refusal, "detail")));

        await ChangeAsync(rerun, "cancel", 200);
        using var listed = await Host.Http.GetAsync("/analysis/reruns", Cancel);
        Assert.Equal(rerun.GetProperty("id").GetInt64(), (await ApiHost.JsonAsync(listed, Cancel))[0].GetProperty("id").GetInt64());
    }

    [Theory]
    [InlineData("""{}""", "scope is required")]
    [InlineData("""{"scope": "some"}""", "scope must be one of all, failed, older_than")]
    [InlineData("""{"scope": "older_than"}""", "analyzer is required")]
    [InlineData("""{"scope": "older_than", "analyzer": "billionhearts"}""", "analyzer must be the name and version")]
    [InlineData("""{"scope": "all", "analyzer": "billionhearts/5"}""", "analyzer is only for the scope older_than")]
    [InlineData("""{"scope": "all", "user_id": 0}""", "user_id must be a whole number")]
    [InlineData("""{"scope": "all", "odd": 1}""", "odd is not a field")]
    public async Task A_rerun_that_is_not_understood_is_refused(string body, string detail)
    {
        var (status, refusal) = await PostAsync("/analysis/rerun", JsonElement.Parse(body));
        Assert.Equal(422, status);
        Assert.StartsWith(detail, Text(refusal, "detail"));
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

    private static AnalysisResult Recolored(PendingImage pending) =>
        Analyzed(pending) is var result ? result with { Analysis = result.Analysis! with { DominantColor = "#000000" } } : null!;

    private Task<NextRun> FeedAsync() => Host.CallAsync<RerunFeeder, NextRun>(feeder => feeder.RunAsync(Cancel));

    private async Task<List<long>> WaitingAsync(IEnumerable<long> ids)
    {
        var text = await Host.Database.ScalarAsync<string>(
            $"SELECT coalesce(string_agg(id::text, ',' ORDER BY id), '') FROM images WHERE analysis_request_id IS NOT NULL AND id IN ({string.Join(',', ids)})", Cancel);
        return [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
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
        var (status, rerun) = await PostAsync("/analysis/rerun", body);
        Assert.True(status is 200, $"{rerun}");
        return rerun;
    }

    private async Task<JsonElement> ChangeAsync(JsonElement rerun, string verb, int expected)
    {
        var (status, changed) = await PostAsync($"/analysis/reruns/{rerun.GetProperty("id")}/{verb}", null);
        Assert.Equal(expected, status);
        return changed;
    }

    private async Task<(int Status, JsonElement Body)> PostAsync(string path, object? body)
    {
        using var answer = await Host.Http.PostAsync(path, body is null ? null : JsonContent.Create(body), Cancel);
        return ((int)answer.StatusCode, await ApiHost.JsonAsync(answer, Cancel));
    }

    private async Task<JsonElement> FindAsync(JsonElement rerun)
    {
        using var answer = await Host.Http.GetAsync($"/analysis/reruns/{rerun.GetProperty("id")}", Cancel);
        return await ApiHost.JsonAsync(answer, Cancel);
    }

    private Task<JsonElement> OutstandingAsync(JsonElement rerun, int count) => Eventually.ReadAsync(
        _ => FindAsync(rerun), until: found => found.GetProperty("outstanding").GetInt32() == count, PipelineFixture.Limit, Cancel);

    private Task<JsonElement> EndedAsync(JsonElement rerun) => Eventually.ReadAsync(
        _ => FindAsync(rerun), until: found => found.GetProperty("ended_at").ValueKind is JsonValueKind.String, PipelineFixture.Limit, Cancel);

    private static (string State, int Queued, int Done, int Failed, int Skipped) Progress(JsonElement rerun) => (
        Text(rerun, "state"), rerun.GetProperty("queued").GetInt32(), rerun.GetProperty("done").GetInt32(), rerun.GetProperty("failed").GetInt32(),
        rerun.GetProperty("skipped").GetInt32());

    private static (string Status, string Color, int Renditions) Summary(JsonElement image) => (
        Text(image, "status"), Text(image.GetProperty("analysis"), "dominant_color"), image.GetProperty("renditions").EnumerateObject().Count());

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
