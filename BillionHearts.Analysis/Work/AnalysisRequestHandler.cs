using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Recognition;
using BillionHearts.Contracts;
using BillionHearts.Messaging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace BillionHearts.Analysis.Work;

/// <summary>
/// Handles one request from a queue and acknowledges it only after the broker has confirmed the result. All queues are
/// handled alike; the request's lane decides when it is processed.
/// </summary>
internal sealed partial class AnalysisRequestHandler(
    ImageAnalyzer analyzer, WorkSlots slots, MessagePublisher publisher, IOptions<RecognitionOptions> recognition, ILogger<AnalysisRequestHandler> logger) : IMessageHandler
{
    public async Task<Settlement> HandleAsync(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (Read(body) is not { } request)
        {
            Log.Unreadable(logger, properties.MessageId, body.Length);
            return Settlement.DeadLetter;
        }

        try
        {
            await AnswerAsync(request, cancellationToken);
        }
        catch (HeavyImageException exception)
        {
            // Confirmed before this delivery is acknowledged. If it arrives twice, the second result is dropped.
            Log.Heavy(logger, request.ImageId, request.Version, exception.NeededBytes);
            await PublishAsync(ImagesExchange.Keys.Slow, request.MessageId, request with { Lane = AnalysisLane.Slow }, AnalysisJson.Default.AnalysisRequest, cancellationToken);
        }

        return Settlement.Ack;
    }

    private async Task AnswerAsync(AnalysisRequest request, CancellationToken cancellationToken)
    {
        using var turn = request.Lane is AnalysisLane.Slow ? null : await slots.EnterAsync(request.Lane, cancellationToken);
        var result = await analyzer.AnalyzeAsync(request, cancellationToken);

        // The result has the id of the request, so that the api stores it once, even if it is sent or made twice.
        await PublishAsync(ImagesExchange.Keys.Result, request.MessageId, result, AnalysisJson.Default.AnalysisResult, cancellationToken);

        if (recognition.Value.Enabled && result.Renditions.FirstOrDefault(rendition => rendition.Name is StoredRendition.Preview) is { } preview)
        {
            await AskForRecognitionAsync(result, preview, cancellationToken);
        }
    }

    /// <summary>The analysis is done, whatever becomes of this: if its queue is full, the image is not recognised until it is analysed again.</summary>
    private async Task AskForRecognitionAsync(AnalysisResult result, StoredRendition preview, CancellationToken cancellationToken)
    {
        try
        {
            await PublishAsync(ImagesExchange.Keys.Recognition, RecognitionOf(result, preview), cancellationToken);
        }
        catch (MessageNotConfirmedException exception) when (exception.InnerException is PublishException)
        {
            Log.NotRecognized(logger, result.ImageId, result.Version, exception.Message);
        }
    }

    /// <summary>If the request arrives twice, so does this one, and the api stores the same again.</summary>
    private static RecognitionRequest RecognitionOf(AnalysisResult result, StoredRendition preview) => new()
    {
        MessageId = Guid.CreateVersion7(),
        ImageId = result.ImageId,
        Version = result.Version,
        PreviewKey = preview.BlobKey,
    };

    private Task PublishAsync(string key, RecognitionRequest request, CancellationToken cancellationToken) =>
        PublishAsync(key, request.MessageId, request, RecognitionJson.Default.RecognitionRequest, cancellationToken);

    private Task PublishAsync<T>(string key, Guid id, T message, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        publisher.PublishAsync(key, id, JsonSerializer.SerializeToUtf8Bytes(message, type), cancellationToken);

    private static AnalysisRequest? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            var request = JsonSerializer.Deserialize(body.Span, AnalysisJson.Default.AnalysisRequest);
            return request is { ImageId: > 0, Version: > 0, Attempt: > 0, Lane: AnalysisLane.Fresh or AnalysisLane.Backfill or AnalysisLane.Slow }
                && request.MessageId != Guid.Empty
                ? request
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Image {ImageId}, version {Version}, takes about {Bytes} bytes of memory and goes to the slow lane")]
        public static partial void Heavy(ILogger logger, long imageId, int version, long bytes);

        [LoggerMessage(LogLevel.Warning, "Image {ImageId}, version {Version}, is analysed and will not be recognised: {Reason}")]
        public static partial void NotRecognized(ILogger logger, long imageId, int version, string reason);

        [LoggerMessage(LogLevel.Error, "Message {MessageId} ({Bytes} bytes) is not an analysis request and was dead-lettered")]
        public static partial void Unreadable(ILogger logger, string? messageId, int bytes);
    }
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AnalysisRequest))]
[JsonSerializable(typeof(AnalysisResult))]
internal sealed partial class AnalysisJson : JsonSerializerContext;
