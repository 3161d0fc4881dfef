using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Pipeline.Operators;

/// <param name="Outcome">analyzed, failed or retry.</param>
/// <param name="Reason">The kind of failure, as in an image's <c>failure</c>.</param>
/// <param name="TraceId">The trace of the attempt.</param>
/// <param name="Diagnosis">How the decoder of the image ended, if it did.</param>
internal sealed record AttemptResponse(
    Guid RequestId, int Version, int Attempt, string Lane, string Outcome, string? Reason, string? Detail, string Worker, DateTime StartedAt, DateTime FinishedAt,
    string? TraceId, DiagnosisResponse? Diagnosis)
{
    public static AttemptResponse From(AnalysisAttempt attempt) => new(
        attempt.RequestId, attempt.Version, attempt.Attempt, attempt.Lane, attempt.Outcome, attempt.Reason, attempt.Detail, attempt.Worker,
        attempt.StartedAt.UtcDateTime, attempt.FinishedAt.UtcDateTime, attempt.TraceId, DiagnosisResponse.From(attempt.Diagnosis));
}

/// <param name="ExitCode">128 and the number of the signal if one ended the process.</param>
/// <param name="Seconds">From receiving the file to the end.</param>
/// <param name="FileBytes">Size of the file.</param>
/// <param name="Analyzer">Name and version of the code.</param>
/// <param name="Library">Name and version of the decoding library.</param>
/// <param name="MemoryLimit">In bytes.</param>
/// <param name="ErrorOutput">The end of what the process wrote to its standard error.</param>
internal sealed record DiagnosisResponse(int? ExitCode, double Seconds, long FileBytes, string Analyzer, string Library, long MemoryLimit, string? ErrorOutput)
{
    public static DiagnosisResponse? From(AnalysisDiagnosis? diagnosis) => diagnosis is null ? null : new(
        diagnosis.ExitCode, diagnosis.Seconds, diagnosis.FileBytes, diagnosis.Analyzer, diagnosis.Library, diagnosis.MemoryLimit, diagnosis.ErrorOutput);
}

/// <summary>An image whose decoder ended, and what is needed to reproduce it.</summary>
/// <param name="StoragePath">Key of the file in the blob store.</param>
/// <param name="Sha256">Of the file, in hex.</param>
/// <param name="Last">The last attempt at which the decoder ended.</param>
internal sealed record QuarantinedImageResponse(long ImageId, long UserId, string StoragePath, string Sha256, string Status, AttemptResponse Last);

/// <param name="RequestId">The request id of the queued attempt.</param>
internal sealed record AnalysisQueuedResponse(long ImageId, int Version, Guid RequestId, string Lane);
