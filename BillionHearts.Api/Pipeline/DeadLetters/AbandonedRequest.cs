using System.Text.Json;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Pipeline.DeadLetters;

/// <summary>
/// An analysis request that nobody will answer any more. Its image must not stay pending: it fails, and an operator can have it analysed again. The message
/// need not be kept, because the ledger has all of it, and a replay would be dropped as answered.
/// </summary>
internal static class AbandonedRequest
{
    private const string TooManyDeliveries = "delivery_limit";
    private const string Worker = "none";

    private static readonly string[] s_keys = [ImagesExchange.Keys.Uploaded, ImagesExchange.Keys.Backfill, ImagesExchange.Keys.Slow];

    // Reasons are stored in the database and sent in events: never change one. A worker that ends returns also what it had not begun.
    private static readonly AnalysisFailure s_crashed = new("worker_crashed", "The analysis service ended again and again while it had this image, and stopped trying.");
    private static readonly AnalysisFailure s_deleted = new("dead_letter", "The analysis service could not read the request for this image, and an operator deleted it.");

    /// <summary>The result in the place of the one that never came.</summary>
    /// <returns><see langword="null"/> for any other dead letter.</returns>
    public static AnalysisResult? WhenDelivered(Death death, ReadOnlySpan<byte> body, DateTimeOffset now) =>
        death.Reason is TooManyDeliveries ? ResultOf(death.RoutingKey, body, death.At ?? now, s_crashed) : null;

    /// <inheritdoc cref="WhenDelivered"/>
    public static AnalysisResult? WhenDeleted(DeadLetter letter, DateTimeOffset now) => ResultOf(letter.RoutingKey, letter.Body, now, s_deleted);

    private static AnalysisResult? ResultOf(string? routingKey, ReadOnlySpan<byte> body, DateTimeOffset at, AnalysisFailure failure) =>
        s_keys.Contains(routingKey) && Read(body) is { } request
            ? new AnalysisResult
            {
                RequestId = request.MessageId,
                ImageId = request.ImageId,
                Version = request.Version,
                Attempt = request.Attempt,
                Lane = request.Lane,
                Outcome = AnalysisOutcome.Failed,
                StartedAt = at,
                FinishedAt = at,
                Worker = Worker,
                Failure = failure,
            }
            : null;

    private static AnalysisRequest? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<AnalysisRequest>(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
