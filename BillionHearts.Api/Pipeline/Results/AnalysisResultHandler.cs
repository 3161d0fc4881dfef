using System.Text.Json;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.Contracts;
using BillionHearts.Messaging;
using Npgsql;
using RabbitMQ.Client;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>Stores results from the queue in the database. A result is acknowledged after the commit, even if it changed nothing.</summary>
internal sealed partial class AnalysisResultHandler(
    ResultStore results, AnalyzedImages analyzed, AnalysisWaits waits, IntegrityAlarm alarm, ILogger<AnalysisResultHandler> logger) : IMessageHandler
{
    // Failure reasons that are caused by the store and not by the image.
    private const string Checksum = "checksum";
    private const string Missing = "missing";

    private static readonly JsonSerializerOptions s_json = new() { RespectNullableAnnotations = true };

    public async Task<Settlement> HandleAsync(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (Read(body) is not { } result)
        {
            Log.Unreadable(logger, properties.MessageId, body.Length);
            return Settlement.DeadLetter;
        }

        ResultEffect effect;

        try
        {
            effect = await results.StoreAsync(result, cancellationToken);
        }
        catch (Exception exception) when (IsUnstorable(exception))
        {
            Log.Unreadable(logger, properties.MessageId, body.Length);
            return Settlement.DeadLetter;
        }

        Log.Handled(logger, result.RequestId, result.ImageId, result.Attempt, effect);

        if (effect is ResultEffect.Analyzed)
        {
            analyzed.Add(result.ImageId);
        }

        waits.Ended(result.ImageId);

        if (effect is ResultEffect.Failed && result.Failure is { Reason: Checksum or Missing } failure)
        {
            alarm.FoundByAnalysis(result.ImageId, result.Version, failure.Reason);
        }

        return Settlement.Ack;
    }

    private static AnalysisResult? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<AnalysisResult>(body.Span, s_json) is { } result && IsConsistent(result) ? result : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether PostgreSQL refused the values themselves (class 22), such as a text with U+0000: it would again at each delivery.</summary>
    private static bool IsUnstorable(Exception exception) =>
        (exception as PostgresException ?? exception.InnerException as PostgresException) is { SqlState: ['2', '2', ..] };

    private static bool IsConsistent(AnalysisResult result) => result.Renditions.All(rendition => rendition is not null) && result.Outcome switch
    {
        AnalysisOutcome.Analyzed => result.Analysis is not null && Phash.TryParse(result.Analysis.Phash, out _),
        AnalysisOutcome.Failed or AnalysisOutcome.Retry => result.Failure is not null,
        _ => false,
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Message {MessageId} ({Length} bytes) is not an analysis result and was dead-lettered")]
        public static partial void Unreadable(ILogger logger, string? messageId, int length);

        [LoggerMessage(LogLevel.Information, "Result of request {RequestId} for image {ImageId}, attempt {Attempt}: {Effect}")]
        public static partial void Handled(ILogger logger, Guid requestId, long imageId, int attempt, ResultEffect effect);
    }
}
