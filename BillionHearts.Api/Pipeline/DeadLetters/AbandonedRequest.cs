using System.Text.Json;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Pipeline.DeadLetters;

/// <summary>
/// An analysis request that ended its worker at each delivery, until the broker gave up. The image must not stay pending: it fails, and an operator can have it
/// analysed again. Its message is not kept, because the ledger has all of it and a replay would be dropped as answered.
/// </summary>
internal static class AbandonedRequest
{
    private const string TooManyDeliveries = "delivery_limit";
    private const string Worker = "none";

    /// <summary>Stored in the database and sent in events: never change it.</summary>
    private const string Reason = "worker_crashed";

    private const string Detail = "The analysis service ended each time it worked on this image, and stopped trying.";

    private static readonly string[] s_keys = [ImagesExchange.Keys.Uploaded, ImagesExchange.Keys.Backfill, ImagesExchange.Keys.Slow];

    /// <returns>The result in the place of the one that never came; <see langword="null"/> for any other dead letter.</returns>
    public static AnalysisResult? ResultOf(Death death, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        if (death.Reason is not TooManyDeliveries || !s_keys.Contains(death.RoutingKey) || Read(body) is not { } request)
        {
            return null;
        }

        return new AnalysisResult
        {
            RequestId = request.MessageId,
            ImageId = request.ImageId,
            Version = request.Version,
            Attempt = request.Attempt,
            Lane = request.Lane,
            Outcome = AnalysisOutcome.Failed,
            StartedAt = death.At ?? now,
            FinishedAt = death.At ?? now,
            Worker = Worker,
            Failure = new AnalysisFailure(Reason, Detail),
        };
    }

    private static AnalysisRequest? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<AnalysisRequest>(body.Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
