using BillionHearts.Api.Pipeline.Results;

namespace BillionHearts.Api.Pipeline.Operators;

/// <param name="Outcome">analyzed, failed or retry.</param>
/// <param name="Reason">The kind of failure, as in an image's <c>failure</c>.</param>
/// <param name="TraceId">To look for in the traces.</param>
internal sealed record AttemptResponse(
    Guid RequestId, int Version, int Attempt, string Lane, string Outcome, string? Reason, string? Detail, string Worker, DateTime StartedAt, DateTime FinishedAt,
    string? TraceId)
{
    public static AttemptResponse Of(AnalysisAttempt attempt) => new(
        attempt.RequestId, attempt.Version, attempt.Attempt, attempt.Lane, attempt.Outcome, attempt.Reason, attempt.Detail, attempt.Worker,
        attempt.StartedAt.UtcDateTime, attempt.FinishedAt.UtcDateTime, attempt.TraceId);
}

/// <param name="RequestId">That of the attempt that is to come.</param>
internal sealed record AnalysisQueuedResponse(long ImageId, int Version, Guid RequestId, string Lane);
