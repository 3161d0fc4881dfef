using System.Text.Json;
using System.Text.Json.Serialization;
using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Analysis.Work;
using BillionHearts.Contracts;
using BillionHearts.Messaging;
using BillionHearts.Storage;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace BillionHearts.Analysis.Recognition;

/// <summary>
/// Handles one request of the recognition queue. Whatever a picture does, there is one attempt and one result: what was found, or why nothing was. Only while
/// the store or the machine fails is the request kept.
/// </summary>
internal sealed partial class RecognitionRequestHandler(
    ImageFiles files, Recognizer recognizer, MessagePublisher publisher, Recognitions recognitions, IOptions<RecognitionOptions> options, ILogger<RecognitionRequestHandler> logger)
    : IMessageHandler
{
    private const string Renditions = "renditions/";

    public async Task<Settlement> HandleAsync(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (Read(body) is not { } request)
        {
            Log.Unreadable(logger, properties.MessageId, body.Length);
            return Settlement.DeadLetter;
        }

        if (await RecognizeAsync(request, cancellationToken) is { } result)
        {
            var message = JsonSerializer.SerializeToUtf8Bytes(result, RecognitionJson.Default.RecognitionResult);
            await publisher.PublishAsync(ImagesExchange.Keys.Recognized, request.MessageId, message, cancellationToken);
        }

        return Settlement.Ack;
    }

    /// <returns><see langword="null"/> if the preview is gone, and with it the image or its version.</returns>
    private async Task<RecognitionResult?> RecognizeAsync(RecognitionRequest request, CancellationToken cancellationToken)
    {
        using var attempt = recognitions.Begin(request);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.TimeLimit);

        try
        {
            var preview = await files.FetchAsync(request.PreviewKey, sha256: null, limit.Token);
            return attempt.Recognized(await recognizer.RecognizeAsync(preview, limit.Token));
        }
        catch (UnusableImageException exception) when (exception.Reason is FailureReason.Missing)
        {
            return null;
        }
        catch (UnusableImageException exception)
        {
            return attempt.Failed(exception.Reason, exception.Message);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return attempt.Failed(FailureReason.Timeout, $"The recognition did not finish within {options.Value.TimeLimit.TotalSeconds:0.#} s.");
        }
        catch (DecoderEndedException)
        {
            return attempt.Failed(FailureReason.DecoderCrashed, "The recognition ended on this picture. The operator can see the details.");
        }
        catch (BlobStoreUnavailableException exception)
        {
            if (!await files.IsStoreUpAsync(cancellationToken))
            {
                // A timeout makes the consumer keep the message until the store is back.
                throw new TimeoutException("The blob store is unavailable.", exception);
            }

            Log.Failed(logger, exception, request.ImageId, request.Version);
            return attempt.Failed(FailureReason.Storage, "The blob store could not deliver the preview.");
        }
        catch (Exception exception) when (exception is not DecoderUnavailableException && !cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, exception, request.ImageId, request.Version);
            return attempt.Failed(FailureReason.Internal, "The recognition failed because of an error on our side; the image is not the cause.");
        }
    }

    private static RecognitionRequest? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, RecognitionJson.Default.RecognitionRequest) is { ImageId: > 0, Version: > 0 } request
                && request.MessageId != Guid.Empty && request.PreviewKey.StartsWith(Renditions, StringComparison.Ordinal)
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
        [LoggerMessage(LogLevel.Error, "Message {MessageId} ({Bytes} bytes) is not a recognition request and was dead-lettered")]
        public static partial void Unreadable(ILogger logger, string? messageId, int bytes);

        [LoggerMessage(LogLevel.Error, "The recognition of image {ImageId}, version {Version}, failed")]
        public static partial void Failed(ILogger logger, Exception exception, long imageId, int version);
    }
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RecognitionRequest))]
[JsonSerializable(typeof(RecognitionResult))]
internal sealed partial class RecognitionJson : JsonSerializerContext;
