using System.Text.Json;
using System.Text.Json.Serialization;
using BillionHearts.Contracts;
using BillionHearts.Messaging;
using RabbitMQ.Client;

namespace BillionHearts.Analysis.Work;

/// <summary>
/// Handles one request from a queue and acknowledges it only after the broker has confirmed the result. Both queues are
/// handled alike; the request's lane decides when it is processed.
/// </summary>
internal sealed partial class AnalysisRequestHandler(
    ImageAnalyzer analyzer, WorkSlots slots, MessagePublisher publisher, ILogger<AnalysisRequestHandler> logger) : IMessageHandler
{
    public async Task<Settlement> HandleAsync(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (Read(body) is not { } request)
        {
            Log.Unreadable(logger, properties.MessageId, body.Length);
            return Settlement.DeadLetter;
        }

        using var turn = await slots.EnterAsync(request.Lane, cancellationToken);
        var result = await analyzer.AnalyzeAsync(request, cancellationToken);

        // The result has the id of the request, so that the api stores it once, even if it is sent or made twice.
        var message = JsonSerializer.SerializeToUtf8Bytes(result, AnalysisJson.Default.AnalysisResult);
        await publisher.PublishAsync(ImagesExchange.Keys.Result, request.MessageId, message, cancellationToken);

        return Settlement.Ack;
    }

    private static AnalysisRequest? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            var request = JsonSerializer.Deserialize(body.Span, AnalysisJson.Default.AnalysisRequest);
            return request is { ImageId: > 0, Version: > 0, Attempt: > 0, Lane: AnalysisLane.Fresh or AnalysisLane.Backfill }
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
        [LoggerMessage(LogLevel.Error, "Message {MessageId} ({Bytes} bytes) is not an analysis request and was dead-lettered")]
        public static partial void Unreadable(ILogger logger, string? messageId, int bytes);
    }
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AnalysisRequest))]
[JsonSerializable(typeof(AnalysisResult))]
internal sealed partial class AnalysisJson : JsonSerializerContext;
