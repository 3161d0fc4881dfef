using System.Text;
using System.Text.Json;
using BillionHearts.Analysis.Recognition;
using BillionHearts.Api.Pipeline.Recognition;
using BillionHearts.Contracts;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.DependencyInjection;
using NetVips;

namespace BillionHearts.Tests.Analysis.Recognition;

/// <summary>Recognition by a worker with the real model and the real Tesseract, over the real broker and the real store.</summary>
public sealed class RecognitionTests(RecognizingFixture fixture) : IClassFixture<RecognizingFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AnalysisHost Host => fixture.Host;

    [Fact]
    public async Task Words_and_look_of_a_picture_are_recognized_after_its_analysis()
    {
        var sign = Samples.Read("sign.jpg");

        var (request, recognized) = await RecognizeAsync(sign);

        Assert.Equal((request.ImageId, request.Version, "resnet18/1", "worker-1"), (recognized.ImageId, recognized.Version, recognized.Recognition.Model, recognized.Recognition.Worker));
        Assert.Equal("Harbour Museum Open daily from nine Last entry half past four", recognized.Recognition.Text);
        Assert.Null(recognized.Recognition.Failure);
        Assert.Equal((ImageRecognition.Features, 255), (recognized.Embedding!.Length, recognized.Embedding.Max()));
    }

    [Fact]
    public async Task Another_view_looks_alike_another_picture_does_not_and_neither_has_text()
    {
        using var photo = Image.ThumbnailBuffer(TestImages.Photo, 640).CopyMemory();
        using var turned = photo.Flip(Enums.Direction.Horizontal);
        var scene = (await RecognizeAsync(TestImages.Jpeg(photo))).Result;
        var mirrored = (await RecognizeAsync(TestImages.Jpeg(turned))).Result;
        var sign = (await RecognizeAsync(Samples.Read("sign.jpg"))).Result;

        Assert.InRange(LookCode.Cosine(scene.Embedding, mirrored.Embedding), LookAlikes.DefaultScore, 1);
        Assert.InRange(LookCode.Cosine(scene.Embedding, sign.Embedding), 0, 0.7);
        Assert.Null(scene.Recognition.Text);
    }

    [Fact]
    public async Task A_preview_that_is_damaged_fails_once_and_the_next_picture_is_recognized()
    {
        var damaged = await HandleAsync(TestImages.Truncated(TestImages.Jpeg(300, 200), 0.1));
        var large = await HandleAsync(TestImages.Solid(2000, 10, 1, 2, 3));
        var next = await HandleAsync(TestImages.Jpeg(300, 200));

        Assert.Equal(("corrupt", "too_large", null), (damaged.Recognition.Failure?.Reason, large.Recognition.Failure?.Reason, next.Recognition.Failure?.Reason));
        Assert.Contains("2000 × 10 pixels, and at most 1280", large.Recognition.Failure!.Detail, StringComparison.Ordinal);
        Assert.Null(damaged.Embedding);
        Assert.NotNull(next.Embedding);
    }

    [Fact]
    public async Task A_request_for_a_preview_that_is_gone_has_no_result_and_is_not_repeated()
    {
        await PublishAsync("renditions/2026/gone/preview.jpeg");

        // They are handled one after the other.
        Assert.Null((await HandleAsync(TestImages.Jpeg(300, 200))).Recognition.Failure);
        Assert.Equal(0u, await Host.Broker.ReadyAsync(ImagesExchange.Queues.Recognition, Cancel));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"messageId":"0198a2f0-0000-7000-8000-000000000001","imageId":1,"version":1,"previewKey":"originals/x"}""")]
    public async Task A_message_that_is_no_recognition_request_goes_to_the_dead_letters(string body)
    {
        await Host.Broker.PublishAsync(ImagesExchange.Keys.Recognition, Guid.CreateVersion7(), Encoding.UTF8.GetBytes(body), Cancel);

        Assert.Equal(body, Encoding.UTF8.GetString((await Host.TakeAsync(ImagesExchange.DeadLetterQueue, Cancel)).Body.Span));
    }

    [Fact]
    public async Task The_model_is_not_in_memory_while_there_is_nothing_to_recognize()
    {
        var recognizer = Host.App.Services.GetRequiredService<Recognizer>();
        await HandleAsync(TestImages.Jpeg(300, 200));
        Assert.True(recognizer.IsLoaded);

        await Eventually.ReadAsync(
            async cancel =>
            {
                await recognizer.RunAsync(cancel);
                return recognizer.IsLoaded;
            },
            until: isLoaded => !isLoaded,
            TimeSpan.FromSeconds(30),
            Cancel);
    }

    private async Task<(AnalysisRequest Request, RecognitionResult Result)> RecognizeAsync(byte[] file)
    {
        var request = await Host.UploadAsync(file, Cancel);
        Assert.Equal(AnalysisOutcome.Analyzed, (await Host.AnalyzeAsync(request, Cancel)).Outcome);

        return (request, await ResultAsync());
    }

    /// <summary>As if the file were a preview.</summary>
    private async Task<RecognitionResult> HandleAsync(byte[] preview)
    {
        var key = $"renditions/2026/{Guid.NewGuid():n}/preview.jpeg";
        await Host.Store.WriteAsync(key, preview, "image/jpeg", Cancel);
        await PublishAsync(key);

        return await ResultAsync();
    }

    private Task PublishAsync(string previewKey)
    {
        var request = new RecognitionRequest { MessageId = Guid.CreateVersion7(), ImageId = 1, Version = 1, PreviewKey = previewKey };
        return Host.Broker.PublishAsync(ImagesExchange.Keys.Recognition, request.MessageId, JsonSerializer.SerializeToUtf8Bytes(request), Cancel);
    }

    private async Task<RecognitionResult> ResultAsync() =>
        JsonSerializer.Deserialize<RecognitionResult>((await Host.TakeAsync(ImagesExchange.Queues.Recognized, Cancel)).Body.Span)!;
}

/// <summary>One worker that recognises, for the tests of a class, which run one after the other.</summary>
public sealed class RecognizingFixture(AppHostFixture app) : IAsyncLifetime
{
    internal AnalysisHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await AnalysisHost.StartAsync(
        app, TestContext.Current.CancellationToken, ("Analysis:Concurrency", "1"), ("Recognition:Enabled", "true"), ("Recognition:KeepFor", "00:00:01"));

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
