using System.Text.Json;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.Contracts;
using BillionHearts.Messaging;
using RabbitMQ.Client;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>Stores results from the queue in the database. A result is acknowledged after the commit, even if it changed nothing.</summary>
internal sealed partial class AnalysisResultHandler(ResultStore results, AnalyzedImages analyzed, IntegrityAlarm alarm, ILogger<AnalysisResultHandler> logger) : IMessageHandler
{
    // Failure reasons that are caused by the store and not by the image.
    private const string Checksum = "checksum";
    private const string Missing = "missing";

    public async Task<Settlement> HandleAsync(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (Read(body) is not { } result)
        {
            Log.Unreadable(logger, properties.MessageId, body.Length);
            return Settlement.DeadLetter;
        }

        var effect = await results.StoreAsync(result, cancellationToken);
        Log.Handled(logger, result.RequestId, result.ImageId, result.Attempt, effect);

        if (effect is ResultEffect.Analyzed)
        {
            analyzed.Add(result.ImageId);
        }

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
            return JsonSerializer.Deserialize<AnalysisResult>(body.Span) is { } result && IsConsistent(result) ? result : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsConsistent(AnalysisResult result) => result.Outcome switch
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
