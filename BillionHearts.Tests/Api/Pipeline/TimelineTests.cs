using System.Text.Json;
using static BillionHearts.Tests.Api.TestResults;

namespace BillionHearts.Tests.Api.Pipeline;

[Collection(typeof(PipelineApi))]
public sealed class TimelineTests(PipelineFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_timeline_has_each_step_from_the_upload_to_the_result()
    {
        var id = await fixture.UploadAsync(await Host.CreateUserAsync(Cancel), Cancel);
        Assert.Equal(["created", "stored", "queued"], Steps(await TimelineAsync(id)));

        await fixture.StoreAsync(id, Retry, Cancel);
        var retried = await TimelineAsync(id);
        Assert.Equal(["created", "stored", "queued", "attempt", "retry_scheduled"], Steps(retried));
        var waiting = retried.GetProperty("waiting");
        Assert.Equal(("outbox", 2, JsonValueKind.Null), (Text(waiting, "place"), waiting.GetProperty("attempt").GetInt32(), waiting.GetProperty("position").ValueKind));
        Assert.True(waiting.GetProperty("not_before").GetDateTime() > waiting.GetProperty("since").GetDateTime());

        await fixture.StoreAsync(id, Analyzed, Cancel);
        var ended = await TimelineAsync(id);
        Assert.Equal(["created", "stored", "queued", "attempt", "retry_scheduled", "attempt", "analyzed"], Steps(ended));
        Assert.Equal(JsonValueKind.Null, ended.GetProperty("waiting").ValueKind);
        var first = ended.GetProperty("steps")[3];
        Assert.Equal(
            ("retry", "test", 1.0, 1, "fresh", "unavailable"),
            (Text(first, "outcome"), Text(first, "worker"), first.GetProperty("duration_seconds").GetDouble(), first.GetProperty("attempt").GetInt32(), Text(first, "lane"),
                Text(first.GetProperty("error"), "reason")));
        Assert.All(ended.GetProperty("steps").EnumerateArray().Skip(1), step => Assert.Equal(1, step.GetProperty("version").GetInt32()));
    }

    [Fact]
    public async Task A_failure_ends_a_timeline_with_its_reason()
    {
        var id = await fixture.UploadAsync(await Host.CreateUserAsync(Cancel), Cancel);
        await fixture.StoreAsync(id, pending => Failed(pending, "truncated"), Cancel);

        var last = (await TimelineAsync(id)).GetProperty("steps").EnumerateArray().Last();

        Assert.Equal(("failed", "truncated", "The file ends too early."), (Text(last, "step"), Text(last.GetProperty("error"), "reason"), Text(last.GetProperty("error"), "detail")));
    }

    [Fact]
    public async Task An_image_that_waits_has_its_position_and_an_estimate()
    {
        var user = await Host.CreateUserAsync(Cancel);
        // Something has just been analysed, so there is a speed.
        await fixture.StoreAsync(await fixture.UploadAsync(user, Cancel), Analyzed, Cancel);
        var (first, second) = (await fixture.UploadAsync(user, Cancel), await fixture.UploadAsync(user, Cancel));

        var (before, after) = ((await TimelineAsync(first)).GetProperty("waiting"), (await TimelineAsync(second)).GetProperty("waiting"));

        Assert.Equal(before.GetProperty("position").GetInt64() + 1, after.GetProperty("position").GetInt64());
        Assert.True(after.GetProperty("eta_seconds").GetDouble() > 0);
        Assert.True(after.GetProperty("eta_seconds").GetDouble() >= before.GetProperty("eta_seconds").GetDouble());

        await fixture.StoreAsync(first, Analyzed, Cancel);
        Assert.Equal(before.GetProperty("position").GetInt64(), (await TimelineAsync(second)).GetProperty("waiting").GetProperty("position").GetInt64());
    }

    [Fact]
    public async Task A_new_content_begins_anew_and_keeps_the_attempts_of_the_old_one()
    {
        var id = await fixture.UploadAsync(await Host.CreateUserAsync(Cancel), Cancel);
        await fixture.StoreAsync(id, Analyzed, Cancel);
        using var content = new ByteArrayContent(TestImages.Png(41, 31));
        using var replaced = await Host.Http.PutAsync($"/images/{id}/content", content, Cancel);

        var timeline = await TimelineAsync(id);

        Assert.Equal(["created", "queued", "attempt", "analyzed", "stored", "queued"], Steps(timeline));
        Assert.Equal([1, 1, 1, 2, 2], timeline.GetProperty("steps").EnumerateArray().Skip(1).Select(step => step.GetProperty("version").GetInt32()));
    }

    [Fact]
    public async Task An_unknown_image_has_no_timeline()
    {
        using var answer = await Host.Http.GetAsync($"/images/{long.MaxValue}/timeline", Cancel);
        Assert.Equal(404, (int)answer.StatusCode);
    }

    private async Task<JsonElement> TimelineAsync(long id)
    {
        using var answer = await Host.Http.GetAsync($"/images/{id}/timeline", Cancel);
        var body = await ApiHost.JsonAsync(answer, Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{body}");
        Assert.Equal("no-store, private", $"{answer.Headers.CacheControl}");
        return body;
    }

    private static IEnumerable<string> Steps(JsonElement timeline) => timeline.GetProperty("steps").EnumerateArray().Select(step => Text(step, "step"));

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
