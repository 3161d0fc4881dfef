using BillionHearts.Contracts;
using BillionHearts.Tests.Distributed;
using BillionHearts.Tests.Storage;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Analysis;

/// <summary>What the service does during an outage, during a stop, and when fresh and back-fill work compete.</summary>
public sealed class AnalysisOutageTests(AppHostFixture app)
{
    private static readonly byte[] s_photo = TestImages.Jpeg(1200, 900);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_store_is_away_requests_wait_and_use_up_no_attempt()
    {
        await using var host = await AnalysisHost.StartAsync(app, Cancel);
        var request = await host.UploadAsync(s_photo, Cancel);
        var before = host.Front.Requests;

        (host.Front.Fault, host.Front.Faults) = (Fault.Answer503, int.MaxValue);
        await host.PublishAsync(request, Cancel);

        // The fetch, the question whether the store is up, and the fetch again: it holds on to the request.
        await Eventually.ReadAsync(_ => Task.FromResult(host.Front.Requests), until: now => now >= before + 3, TimeSpan.FromSeconds(30), Cancel);
        Assert.Null(await host.Broker.TakeAsync(ImagesExchange.Queues.AnalysisResults, Cancel));
        // Health is looked at once a second at most: the last answer may be older than the outage.
        await Eventually.ReadAsync(
            host.HealthAsync, until: health => health.Contains("Unhealthy", StringComparison.Ordinal), TimeSpan.FromSeconds(30), Cancel);
        host.Front.Faults = 0;

        var (result, _) = await host.ResultAsync(Cancel);
        Assert.Equal((AnalysisOutcome.Analyzed, request.Attempt), (result.Outcome, result.Attempt));
    }

    [Fact]
    public async Task A_stopping_service_finishes_begun_images_and_leaves_the_rest_in_the_queue()
    {
        await using var host = await AnalysisHost.StartAsync(app, Cancel, ("Analysis:Concurrency", "1"));
        var requests = await UploadManyAsync(host, 12, AnalysisLane.Fresh);
        foreach (var request in requests)
        {
            await host.PublishAsync(request, Cancel);
        }

        var (first, _) = await host.ResultAsync(Cancel);
        await host.App.StopAsync(Cancel);

        var done = await host.Broker.ReadyAsync(ImagesExchange.Queues.AnalysisResults, Cancel) + 1;
        var left = await Eventually.ReadAsync(
            cancel => host.Broker.ReadyAsync(ImagesExchange.Queues.AnalysisFresh, cancel), until: ready => ready + done >= 12, TimeSpan.FromSeconds(30), Cancel);
        Assert.Contains(first.RequestId, requests.Select(request => request.MessageId));
        Assert.Equal(12u, done + left);
        Assert.InRange(left, 1u, 11u);
    }

    [Fact]
    public async Task Fresh_uploads_overtake_a_back_fill_that_is_under_way()
    {
        await using var host = await AnalysisHost.StartAsync(app, Cancel, ("Analysis:Concurrency", "1"));
        var backfill = await UploadManyAsync(host, 10, AnalysisLane.Backfill);
        var fresh = await UploadManyAsync(host, 3, AnalysisLane.Fresh);
        foreach (var request in backfill.Concat(fresh))
        {
            await host.PublishAsync(request, Cancel);
        }

        List<string> lanes = [];
        while (lanes.Count < 13)
        {
            lanes.Add((await host.ResultAsync(Cancel)).Result.Lane);
        }

        Assert.Equal(3, lanes.Count(lane => lane is AnalysisLane.Fresh));
        Assert.True(lanes.LastIndexOf(AnalysisLane.Fresh) < 9, $"Fresh uploads came in the order {string.Join(' ', lanes)}.");
    }

    [Theory]
    [InlineData("Concurrency", "0")]
    [InlineData("Concurrency", "65")]
    [InlineData("MaxPixels", "0")]
    [InlineData("MaxSide", "65536")]
    [InlineData("MaxFileBytes", "0")]
    [InlineData("MaxDecodedBytes", "-1")]
    [InlineData("TimeLimit", "00:00:00")]
    public async Task A_setting_out_of_range_stops_the_start_and_is_named(string setting, string value)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(
            () => AnalysisHost.StartAsync(app, Cancel, ($"Analysis:{setting}", value)));

        Assert.Contains(setting, exception.Message, StringComparison.Ordinal);
    }

    private static async Task<List<AnalysisRequest>> UploadManyAsync(AnalysisHost host, int count, string lane)
    {
        List<AnalysisRequest> requests = [];
        for (var i = 0; i < count; i++)
        {
            requests.Add(await host.UploadAsync(s_photo, Cancel, lane));
        }

        return requests;
    }
}
