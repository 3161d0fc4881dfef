using System.Text.Json;
using BillionHearts.Api.Images;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Contracts;
using BillionHearts.Tests.Api;

namespace BillionHearts.Tests.Access;

/// <summary>What operators may do beyond the routes' guard, which the matrix tests.</summary>
[Collection(typeof(GuardedApi))]
public sealed class OperatorTests(AccessFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_sees_each_attempt_at_an_image_newest_first_and_not_the_image()
    {
        var image = await fixture.NewImageAsync(fixture.Bob.Id, fixture.Bob.Token, Cancel);
        Assert.Equal(0, (await AttemptsAsync(image)).GetArrayLength());

        await StoreAsync(TestResults.Retry(await PendingAsync(image)));
        await StoreAsync(TestResults.Failed(await PendingAsync(image), "corrupt"));

        var attempts = await AttemptsAsync(image);
        Assert.Equal(
            [("failed", 2, "corrupt"), ("retry", 1, "unavailable")],
            attempts.EnumerateArray().Select(attempt => (
                attempt.GetProperty("outcome").GetString()!, attempt.GetProperty("attempt").GetInt32(), attempt.GetProperty("reason").GetString()!)));
        Assert.Equal(403, (await fixture.CallAsync(HttpMethod.Get, $"/images/{image}", null, fixture.Operator.Token, Cancel)).Status);
    }

    [Fact]
    public async Task The_gallery_is_told_who_is_an_operator()
    {
        Assert.True(await IsOperatorAsync(fixture.Operator));
        Assert.False(await IsOperatorAsync(fixture.Ann));

        async Task<bool> IsOperatorAsync(Person person) =>
            (await fixture.CallAsync(HttpMethod.Get, $"/internal/users/{person.Id}", null, person.Token, Cancel)).Body.GetProperty("is_operator").GetBoolean();
    }

    [Fact]
    public async Task An_operator_can_request_another_analysis_which_is_audited_and_runs_last()
    {
        var image = await fixture.NewImageAsync(fixture.Bob.Id, fixture.Bob.Token, Cancel);
        await StoreAsync(TestResults.Failed(await PendingAsync(image), "corrupt"));

        var (status, queued) = await AgainAsync(image);

        Assert.Equal((200, "backfill"), (status, queued.GetProperty("lane").GetString()));
        var (_, shown) = await fixture.CallAsync(HttpMethod.Get, $"/images/{image}", null, fixture.Bob.Token, Cancel);
        Assert.Equal("pending", shown.GetProperty("status").GetString());
        var request = await Eventually.ReadAsync(TakeAsync, until: taken => taken?.ImageId == image, TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal((queued.GetProperty("request_id").GetGuid(), 1, 1), (request!.MessageId, request.Version, request.Attempt));
        var (_, audit) = await fixture.CallAsync(HttpMethod.Get, $"/users/{fixture.Operator.Id}/audit", null, fixture.Operator.Token, Cancel);
        Assert.Contains(audit.EnumerateArray(), entry => entry.GetProperty("action").GetString() is "analysis_repeated" && entry.GetProperty("subject").GetInt64() == image);
    }

    [Fact]
    public async Task An_operator_sees_how_a_decoder_ended_and_the_owner_does_not()
    {
        var image = await fixture.NewImageAsync(fixture.Bob.Id, fixture.Bob.Token, Cancel);
        await StoreAsync(TestResults.Failed(await PendingAsync(image), "decoder_crashed") with
        {
            Diagnosis = new AnalysisDiagnosis { ExitCode = 139, Seconds = 0.5, FileBytes = 12, Analyzer = "test/1", Library = "libvips 1", MemoryLimit = 9, ErrorOutput = "fault" },
        });

        var (status, quarantine) = await fixture.CallAsync(HttpMethod.Get, "/operator/quarantine", null, fixture.Operator.Token, Cancel);

        Assert.Equal(200, status);
        var found = Assert.Single(quarantine.EnumerateArray(), entry => entry.GetProperty("image_id").GetInt64() == image);
        Assert.Equal((139, "fault"), (
            found.GetProperty("last").GetProperty("diagnosis").GetProperty("exit_code").GetInt32(),
            found.GetProperty("last").GetProperty("diagnosis").GetProperty("error_output").GetString()));
        Assert.StartsWith("originals/", found.GetProperty("storage_path").GetString(), StringComparison.Ordinal);
        var (_, shown) = await fixture.CallAsync(HttpMethod.Get, $"/images/{image}", null, fixture.Bob.Token, Cancel);
        Assert.Equal("decoder_crashed", shown.GetProperty("failure").GetProperty("reason").GetString());
        Assert.DoesNotContain("exit_code", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_analysis_of_a_missing_or_empty_image_is_refused()
    {
        var (_, announced) = await fixture.CallAsync(
            HttpMethod.Post, "/images/",
            new { user_id = fixture.Bob.Id, original_filename = "a.png", width = 1, height = 1, file_size = 10, file_type = "png" }, fixture.Bob.Token, Cancel);

        Assert.Equal(409, (await AgainAsync(announced.GetProperty("id").GetInt64())).Status);
        Assert.Equal(404, (await AgainAsync(long.MaxValue)).Status);
        Assert.Equal(404, (await fixture.CallAsync(HttpMethod.Get, $"/operator/images/{long.MaxValue}/attempts", null, fixture.Operator.Token, Cancel)).Status);
    }

    [Fact]
    public async Task A_rerun_is_audited()
    {
        var (started, rerun) = await fixture.CallAsync(HttpMethod.Post, "/analysis/rerun", new { scope = "all", user_id = fixture.Bob.Id }, fixture.Operator.Token, Cancel);
        var id = rerun.GetProperty("id").GetInt64();
        var (cancelled, _) = await fixture.CallAsync(HttpMethod.Post, $"/analysis/reruns/{id}/cancel", null, fixture.Operator.Token, Cancel);

        Assert.Equal(200, started);
        // With nothing to repeat it may be done already.
        Assert.True(cancelled is 200 or 409);
        var (_, audit) = await fixture.CallAsync(HttpMethod.Get, $"/users/{fixture.Operator.Id}/audit", null, fixture.Operator.Token, Cancel);
        Assert.Contains(audit.EnumerateArray(), entry => entry.GetProperty("action").GetString() is "rerun_started" && entry.GetProperty("subject").GetInt64() == id);
    }

    [Fact]
    public async Task A_former_operator_is_refused_at_once_with_the_same_token()
    {
        var (id, _, _) = await fixture.NewUserAsync(Cancel);
        await fixture.Host.Database.ExecuteAsync($"UPDATE users SET operator_since = now() WHERE id = {id}", Cancel);
        Assert.Equal(200, (await AskAsync()).Status);

        await fixture.Host.Database.ExecuteAsync($"UPDATE users SET operator_since = NULL WHERE id = {id}", Cancel);
        var refused = await AskAsync();
        Assert.Equal((403, "Only operators may do this"), (refused.Status, refused.Body.GetProperty("detail").GetString()));

        Task<(int Status, JsonElement Body)> AskAsync() =>
            fixture.CallAsync(HttpMethod.Get, $"/operator/images/{fixture.Operator.Image}/attempts", null, fixture.Tokens.For(id), Cancel);
    }

    private async Task<JsonElement> AttemptsAsync(long image)
    {
        var (status, attempts) = await fixture.CallAsync(HttpMethod.Get, $"/operator/images/{image}/attempts", null, fixture.Operator.Token, Cancel);
        Assert.Equal(200, status);
        return attempts;
    }

    private Task<(int Status, JsonElement Body)> AgainAsync(long image) =>
        fixture.CallAsync(HttpMethod.Post, $"/operator/images/{image}/analysis", null, fixture.Operator.Token, Cancel);

    private async Task<AnalysisRequest?> TakeAsync(CancellationToken cancellationToken) =>
        await fixture.Host.Broker.TakeAsync(ImagesExchange.Queues.AnalysisBackfill, cancellationToken) is { } message
            ? JsonSerializer.Deserialize<AnalysisRequest>(message.Body.Span)
            : null;

    private Task<PendingImage> PendingAsync(long image) => TestResults.PendingAsync(fixture.Host, image, Cancel);

    private Task<ResultEffect> StoreAsync(AnalysisResult result) => fixture.Host.CallAsync<ResultStore, ResultEffect>(async results => await results.StoreAsync(result, Cancel));
}
