using System.Text.Json;
using System.Text.RegularExpressions;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Contracts;
using BillionHearts.Messaging;
using RabbitMQ.Client;

namespace BillionHearts.Api.Pipeline.Recognition;

/// <summary>Stores what workers recognise. They read pictures of users, so what they send is checked first: what no worker sends goes to the dead letters.</summary>
internal sealed partial class RecognizedHandler(RecognitionStore store, ILogger<RecognizedHandler> logger) : IMessageHandler
{
    public const int MaxModelLength = 40;

    private const int MaxReasonLength = 40;
    private const int MaxDetailLength = 500;
    private const int MaxWorkerLength = 128;

    private static readonly JsonSerializerOptions s_json = new() { RespectNullableAnnotations = true };

    public async Task<Settlement> HandleAsync(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (Read(body) is not { } result)
        {
            Log.Unreadable(logger, properties.MessageId, body.Length);
            return Settlement.DeadLetter;
        }

        var isStored = await store.StoreAsync(result, cancellationToken);
        Log.Handled(logger, result.ImageId, result.Version, isStored);

        return Settlement.Ack;
    }

    private static RecognitionResult? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<RecognitionResult>(body.Span, s_json) is { } result && IsConsistent(result)
                ? result with { Recognition = Clean(result.Recognition) }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsConsistent(RecognitionResult result) =>
        result.Recognition.Model.Length <= MaxModelLength && Model().IsMatch(result.Recognition.Model)
        && (result.Embedding is null || (result.Embedding.Length is ImageRecognition.Features && result.Embedding.Any(feature => feature > 0)));

    private static ImageRecognition Clean(ImageRecognition reported) => reported with
    {
        Text = reported.Text is { } text && TextRules.Clean(text, ImageRecognition.MaxTextLength) is { Length: > 0 } clean ? clean : null,
        Failure = reported.Failure is { } failure
            ? new AnalysisFailure(TextRules.Clean(failure.Reason, MaxReasonLength), TextRules.Clean(failure.Detail, MaxDetailLength))
            : null,
        Worker = TextRules.Clean(reported.Worker, MaxWorkerLength),
        StartedAt = reported.StartedAt.ToUniversalTime(),
        FinishedAt = reported.FinishedAt.ToUniversalTime(),
    };

    [GeneratedRegex(@"\A[a-z][a-z0-9._-]*/[0-9]{1,9}\z")]
    private static partial Regex Model();

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Message {MessageId} ({Length} bytes) is not a recognition and was dead-lettered")]
        public static partial void Unreadable(ILogger logger, string? messageId, int length);

        [LoggerMessage(LogLevel.Information, "Recognition of image {ImageId}, version {Version}; stored: {IsStored}")]
        public static partial void Handled(ILogger logger, long imageId, int version, bool isStored);
    }
}
