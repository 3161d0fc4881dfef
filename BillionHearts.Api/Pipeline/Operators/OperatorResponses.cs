using BillionHearts.Api.Pipeline.Results;

namespace BillionHearts.Api.Pipeline.Operators;

/// <param name="Outcome">analyzed, failed or retry.</param>
/// <param name="Reason">The kind of failure, as in an image's <c>failure</c>.</param>
/// <param name="TraceId">The trace of the attempt.</param>
internal sealed record AttemptResponse(
    Guid RequestId, int Version, int Attempt, string Lane, string Outcome, string? Reason, string? Detail, string Worker, DateTime StartedAt, DateTime FinishedAt,
    string? TraceId)
{
    public static AttemptResponse From(AnalysisAttempt attempt) => new(
        attempt.RequestId, attempt.Version, attempt.Attempt, attempt.Lane, attempt.Outcome, attempt.Reason, attempt.Detail, attempt.Worker,
        attempt.StartedAt.UtcDateTime, attempt.FinishedAt.UtcDateTime, attempt.TraceId);
}

/// <param name="RequestId">The request id of the queued attempt.</param>
internal sealed record AnalysisQueuedResponse(long ImageId, int Version, Guid RequestId, string Lane);
