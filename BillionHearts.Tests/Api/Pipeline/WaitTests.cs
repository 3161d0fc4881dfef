using System.Net;
using BillionHearts.Api.Images;
using BillionHearts.Api.Pipeline.Results;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static BillionHearts.Tests.Api.TestResults;

namespace BillionHearts.Tests.Api.Pipeline;

/// <summary><c>GET /images/{id}?wait=analysis</c>.</summary>
[Collection(typeof(PipelineApi))]
public sealed class WaitTests(PipelineFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    private AnalysisWaits Waits => Host.App.Services.GetRequiredService<AnalysisWaits>();

    [Fact]
    public async Task A_waiting_request_is_answered_when_the_result_is_stored()
    {
        var id = await NewImageAsync();
        var (answer, tag) = (WaitAsync(id), await TagAsync(id));
        await WaitersAsync(1);
        await fixture.StoreAsync(id, Analyzed, Cancel);

        using var response = await answer;
        Assert.Equal("analyzed", (await ApiHost.JsonAsync(response, Cancel)).GetProperty("status").GetString());
        Assert.NotEqual(tag, $"{response.Headers.ETag}");
        await WaitersAsync(0);
    }

    [Fact]
    public async Task A_result_that_another_replica_stores_ends_the_wait_of_many_requests()
    {
        var ids = new[] { await NewImageAsync(), await NewImageAsync(), await NewImageAsync() };
        var answers = ids.SelectMany(id => new[] { WaitAsync(id), WaitAsync(id) }).ToList();
        await WaitersAsync(6);

        // As another process would change it: this one is not told.
        await Host.Database.ExecuteAsync($"UPDATE images SET status = 'failed', analysis_request_id = NULL WHERE id IN ({string.Join(',', ids)})", Cancel);

        foreach (var answer in answers)
        {
            using var response = await answer;
            Assert.Equal("failed", (await ApiHost.JsonAsync(response, Cancel)).GetProperty("status").GetString());
        }
    }

    [Fact]
    public async Task After_the_limit_the_image_is_shown_as_it_is()
    {
        var id = await NewImageAsync();
        var clock = new ManualClock();
        var waits = ActivatorUtilities.CreateInstance<ImageWaits>(Host.App.Services, clock);
        var answer = waits.FindAsync(id, Cancel);
        await clock.WaitForTimersAsync(TimeSpan.FromSeconds(30), 1, Cancel);
        Assert.False(answer.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.True((await answer).TryGet(out var image, out _));
        Assert.Equal("pending", image.Status);
    }

    [Fact]
    public async Task A_known_state_is_waited_out_and_a_known_result_is_304_at_once()
    {
        var id = await NewImageAsync();
        var answer = WaitAsync(id, known: await TagAsync(id));
        await WaitersAsync(1);
        await fixture.StoreAsync(id, Analyzed, Cancel);

        using var changed = await answer;
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using var same = await WaitAsync(id, known: $"{changed.Headers.ETag}");
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
    }

    [Theory]
    [InlineData("wait=upload", 422)]
    [InlineData("wait=", 422)]
    [InlineData("wait=analysis&wait=analysis", 422)]
    [InlineData("other=1", 200)]
    public async Task Another_value_of_wait_is_refused(string query, int status)
    {
        using var answer = await Host.Http.GetAsync($"/images/{await NewImageAsync()}?{query}", Cancel);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Nobody_waits_for_an_unknown_or_a_deleted_image()
    {
        using var unknown = await WaitAsync(long.MaxValue);
        Assert.Equal(404, (int)unknown.StatusCode);

        var id = await NewImageAsync();
        var answer = WaitAsync(id);
        await WaitersAsync(1);
        using var deleted = await Host.Http.DeleteAsync($"/images/{id}", Cancel);
        using var gone = await answer;
        Assert.Equal(404, (int)gone.StatusCode);
    }

    [Fact]
    public async Task A_client_that_leaves_gives_its_place_back()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var answer = Host.Http.GetAsync($"/images/{await NewImageAsync()}?wait=analysis", leaving.Token);
        await WaitersAsync(1);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await WaitersAsync(0);
    }

    [Fact]
    public void Places_are_limited_in_all_and_for_each_user()
    {
        var options = Options.Create(new WaitOptions { MaxWaiting = 3, MaxPerUser = 2 });
        var waits = new AnalysisWaits(database: null!, new ManualClock(), options, NullLogger<AnalysisWaits>.Instance);

        using var first = waits.TryEnter(imageId: 1, userId: 1);
        using var second = waits.TryEnter(imageId: 1, userId: 1);
        Assert.Null(waits.TryEnter(imageId: 2, userId: 1));
        using var third = waits.TryEnter(imageId: 3, userId: 2);
        Assert.Null(waits.TryEnter(imageId: 4, userId: 3));
        Assert.Contains("at most 2 may for images of one user, and 3 in all", waits.Full.Detail);

        first!.Dispose();
        using var fourth = waits.TryEnter(imageId: 2, userId: 1);
        Assert.NotNull(fourth);
        Assert.Equal(3, waits.Count);
    }

    private async Task<long> NewImageAsync() => await fixture.UploadAsync(await Host.CreateUserAsync(Cancel), Cancel);

    private async Task<string> TagAsync(long id)
    {
        using var shown = await Host.Http.GetAsync($"/images/{id}", Cancel);
        return $"{shown.Headers.ETag}";
    }

    private async Task<HttpResponseMessage> WaitAsync(long id, string? known = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/images/{id}?wait=analysis");

        if (known is not null)
        {
            request.Headers.Add("If-None-Match", known);
        }

        return await Host.Http.SendAsync(request, Cancel);
    }

    private Task<int> WaitersAsync(int count) => Eventually.ReadAsync(_ => Task.FromResult(Waits.Count), until: waiting => waiting == count, PipelineFixture.Limit, Cancel);
}
