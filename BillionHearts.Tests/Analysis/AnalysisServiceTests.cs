using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BillionHearts.Contracts;
using BillionHearts.Storage;
using BillionHearts.Tests.Storage;
using NetVips;
using RabbitMQ.Client;

namespace BillionHearts.Tests.Analysis;

/// <summary>What the service answers to a request, over the real broker and the real store.</summary>
public sealed class AnalysisServiceTests(AnalysisFixture fixture) : IClassFixture<AnalysisFixture>
{
    private static readonly byte[] s_photo = TestImages.Jpeg(640, 480);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AnalysisHost Host => fixture.Host;

    [Fact]
    public async Task An_image_that_takes_much_memory_is_analyzed_in_the_slow_lane()
    {
        var request = await Host.UploadAsync(Decoding.SlowImages.Large, Cancel);

        var result = await Host.AnalyzeAsync(request, Cancel);

        Assert.Equal((AnalysisOutcome.Analyzed, AnalysisLane.Slow, request.MessageId), (result.Outcome, result.Lane, result.RequestId));
    }

    [Fact]
    public async Task A_request_becomes_a_result_whose_renditions_are_in_the_store()
    {
        var request = await Host.UploadAsync(s_photo, Cancel);
        request = request with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(s_photo)) };
        using var upload = new Activity("upload") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
        await Host.PublishAsync(request, Cancel);

        var (result, properties) = await Host.ResultAsync(Cancel);

        Assert.Contains(upload.TraceId.ToString(), Text(properties, "traceparent"), StringComparison.Ordinal);
        Assert.Equal((request.MessageId.ToString(), true), (properties.MessageId, properties.Persistent));
        Assert.Equal(
            (request.MessageId, request.ImageId, 3, 2, AnalysisLane.Fresh, AnalysisOutcome.Analyzed, "worker-1"),
            (result.RequestId, result.ImageId, result.Version, result.Attempt, result.Lane, result.Outcome, result.Worker));
        Assert.True(result.StartedAt <= result.FinishedAt && result.Failure is null);
        Assert.Equal(("jpeg", 640, 480, 1), (result.Analysis!.Format, result.Analysis.Width, result.Analysis.Height, result.Analysis.Frames));
        Assert.Equal(
            [("thumb", 320, 240, "image/webp"), ("preview", 640, 480, "image/jpeg")], result.Renditions.Select(r => (r.Name, r.Width, r.Height, r.ContentType)));
        foreach (var rendition in result.Renditions)
        {
            var bytes = await ReadAsync(rendition.BlobKey);
            using var picture = Image.NewFromBuffer(bytes);
            Assert.Equal((rendition.Bytes, rendition.Width, rendition.Height), (bytes.LongLength, picture.Width, picture.Height));
        }
    }

    [Fact]
    public async Task A_phones_HEIC_is_analysed_and_its_renditions_are_not_HEIC()
    {
        var result = await Host.AnalyzeAsync(await Host.UploadAsync(new HeicMaker { Turns = 3, Orientation = 6 }.Build(), Cancel), Cancel);

        Assert.Equal((AnalysisOutcome.Analyzed, "heic", 900, 1000), (result.Outcome, result.Analysis?.Format, result.Analysis?.Width, result.Analysis?.Height));
        Assert.Equal(["image/webp", "image/jpeg"], result.Renditions.Select(rendition => rendition.ContentType));
        Assert.Equal(("Canon EOS R5", "Vienna"), (result.Analysis?.Photo?.Camera, result.Analysis?.Photo?.Location?.Place?.City));
    }

    [Fact]
    public async Task A_trial_gives_the_analysis_of_an_original_and_stores_nothing()
    {
        var request = await Host.UploadAsync(s_photo, Cancel);
        Assert.True(Host.Store.TryGetKey(request.StorageUrl, out var key));
        var trial = new TrialRequest { OriginalKey = key, Sha256 = Convert.ToHexStringLower(SHA256.HashData(s_photo)) };

        using var answer = await Host.Http.PostAsJsonAsync(TrialRequest.Path, trial, Cancel);
        using var refused = await Host.Http.PostAsJsonAsync(TrialRequest.Path, trial with { Sha256 = new string('0', 64) }, Cancel);

        var tried = await answer.Content.ReadFromJsonAsync<TrialResult>(Cancel);
        Assert.True(tried!.Seconds > 0);
        Assert.Null(await Host.Store.OpenReadAsync(BlobKeys.Rendition(key, StoredRendition.Thumb), 0, null, Cancel));
        Assert.Equal((422, "checksum"), ((int)refused.StatusCode, (await refused.Content.ReadFromJsonAsync<AnalysisFailure>(Cancel))!.Reason));

        var result = await Host.AnalyzeAsync(request, Cancel);
        Assert.Equal(JsonSerializer.Serialize(result.Analysis), JsonSerializer.Serialize(tried.Analysis));
    }

    [Fact]
    public async Task A_request_delivered_twice_gives_the_same_result_under_the_same_id()
    {
        var request = await Host.UploadAsync(s_photo, Cancel);

        var first = await Host.AnalyzeAsync(request, Cancel);
        var second = await Host.AnalyzeAsync(request, Cancel);

        Assert.Equal((first.RequestId, JsonSerializer.Serialize(first.Analysis)), (second.RequestId, JsonSerializer.Serialize(second.Analysis)));
        Assert.Equal(first.Renditions, second.Renditions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"imageId":1}""")]
    [InlineData("""{"storageURL":null,"imageId":1,"userId":1,"version":1,"messageId":"0198a2f0-0000-7000-8000-000000000001"}""")]
    [InlineData("""{"storageURL":"http://x/y","imageId":0,"userId":1,"version":1,"messageId":"0198a2f0-0000-7000-8000-000000000001"}""")]
    [InlineData("""{"storageURL":"http://x/y","imageId":1,"userId":1,"version":1,"messageId":"00000000-0000-0000-0000-000000000000"}""")]
    [InlineData("""{"storageURL":"http://x/y","imageId":1,"userId":1,"version":1,"messageId":"0198a2f0-0000-7000-8000-000000000001","lane":"fast"}""")]
    public async Task A_message_that_is_no_request_goes_to_the_dead_letters_at_once(string body)
    {
        var id = Guid.CreateVersion7();
        await Host.Broker.PublishAsync(ImagesExchange.Keys.Uploaded, id, Encoding.UTF8.GetBytes(body), Cancel);

        var dead = await Host.TakeAsync(ImagesExchange.DeadLetterQueue, Cancel);

        Assert.Equal((id.ToString(), body), (dead.BasicProperties.MessageId, Encoding.UTF8.GetString(dead.Body.Span)));
        Assert.Equal("rejected", Text(dead.BasicProperties, "x-first-death-reason"));
    }

    [Fact]
    public async Task An_analysis_of_a_file_that_is_not_there_fails_as_missing()
    {
        var request = await Host.UploadAsync(s_photo, Cancel);

        AssertFailed("missing", await Host.AnalyzeAsync(request with { StorageUrl = new Uri(request.StorageUrl + "0") }, Cancel));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("originals/x")]
    public async Task An_address_outside_the_store_is_never_fetched(string address)
    {
        var request = await Host.UploadAsync(s_photo, Cancel);
        var before = Host.Front.Requests;

        AssertFailed("missing", await Host.AnalyzeAsync(request with { StorageUrl = new Uri(address, UriKind.RelativeOrAbsolute) }, Cancel));

        Assert.Equal(before, Host.Front.Requests);
    }

    [Fact]
    public async Task A_request_to_analyze_a_rendition_is_refused()
    {
        var analyzed = await Host.AnalyzeAsync(await Host.UploadAsync(s_photo, Cancel), Cancel);
        var request = await Host.UploadAsync(s_photo, Cancel);

        AssertFailed("missing", await Host.AnalyzeAsync(request with { StorageUrl = Host.Store.GetUri(analyzed.Renditions[0].BlobKey) }, Cancel));
    }

    [Fact]
    public async Task An_analysis_of_a_file_with_another_checksum_fails()
    {
        var request = await Host.UploadAsync(s_photo, Cancel);

        AssertFailed("checksum", await Host.AnalyzeAsync(request with { Sha256 = new string('a', 64) }, Cancel));
    }

    [Fact]
    public async Task An_analysis_of_a_file_above_the_limit_fails_and_names_the_limit()
    {
        var result = await Host.AnalyzeAsync(await Host.UploadAsync(new byte[2_000_001], Cancel), Cancel);

        AssertFailed("too_large", result);
        Assert.Contains("2000000", result.Failure!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_analysis_of_a_damaged_file_fails_and_the_next_file_is_analyzed()
    {
        AssertFailed("truncated", await Host.AnalyzeAsync(await Host.UploadAsync(TestImages.Truncated(s_photo, 0.5), Cancel), Cancel));
        AssertFailed("unsupported", await Host.AnalyzeAsync(await Host.UploadAsync([], Cancel), Cancel));

        Assert.Equal(AnalysisOutcome.Analyzed, (await Host.AnalyzeAsync(await Host.UploadAsync(s_photo, Cancel), Cancel)).Outcome);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_retried()
    {
        // A service of its own: on a busy machine, an analysis that works may take longer than this limit.
        await using var host = await AnalysisHost.StartAsync(fixture.App, Cancel, ("Analysis:TimeLimit", "00:00:02"));
        var request = await host.UploadAsync(s_photo, Cancel);

        var result = await SpoiledAsync(host, Fault.NeverAnswer, request);

        Assert.Equal((AnalysisOutcome.Retry, "timeout"), (result.Outcome, result.Failure!.Reason));
        Assert.Contains("2 s", result.Failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_up_and_does_not_hand_out_the_file_costs_an_attempt()
    {
        var request = await Host.UploadAsync(s_photo, Cancel);

        var result = await SpoiledAsync(Host, Fault.Answer503, request);

        Assert.Equal((AnalysisOutcome.Retry, "storage"), (result.Outcome, result.Failure!.Reason));
    }

    private static async Task<AnalysisResult> SpoiledAsync(AnalysisHost host, Fault fault, AnalysisRequest request)
    {
        (host.Front.Spoils, host.Front.Fault, host.Front.Faults) = (path => request.StorageUrl.AbsolutePath == path, fault, int.MaxValue);
        try
        {
            return await host.AnalyzeAsync(request, Cancel);
        }
        finally
        {
            host.Front.Faults = 0;
        }
    }

    private static void AssertFailed(string reason, AnalysisResult result)
    {
        Assert.Equal((AnalysisOutcome.Failed, reason), (result.Outcome, result.Failure?.Reason));
        Assert.Null(result.Analysis);
        Assert.Empty(result.Renditions);
    }

    private static string Text(IReadOnlyBasicProperties properties, string header) =>
        properties.Headers?.TryGetValue(header, out var value) is true && value is byte[] text ? Encoding.UTF8.GetString(text) : "";

    private async Task<byte[]> ReadAsync(string key)
    {
        await using var stream = await Host.Store.OpenReadAsync(key, 0, null, Cancel);
        using var bytes = new MemoryStream();
        await stream!.CopyToAsync(bytes, Cancel);
        return bytes.ToArray();
    }
}
