using System.Diagnostics;
using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Admission;

/// <summary>An upload in progress: its share of the process's memory, its deadline, and the recording of its outcome.</summary>
internal sealed class AdmittedUpload : IDisposable
{
    private readonly HttpRequest _request;
    private readonly IDisposable _share;
    private readonly UploadOptions _limits;
    private readonly UploadTelemetry _telemetry;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _either;
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    public AdmittedUpload(HttpRequest request, IDisposable share, UploadOptions limits, TimeProvider clock, UploadTelemetry telemetry)
    {
        (_request, _share, _limits, _telemetry) = (request, share, limits, telemetry);
        _deadline = new CancellationTokenSource(limits.Timeout, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, request.HttpContext.RequestAborted);
    }

    /// <summary>Cancelled when the client disconnects or the deadline passes.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Records how the upload ended.</summary>
    /// <returns>The same outcome.</returns>
    public Outcome<UploadAnswer> Record(Outcome<UploadAnswer> outcome)
    {
        if (outcome.TryGet(out var answer, out _) && answer is UploadAnswer.Stored { IsNew: true, Image: var image })
        {
            _telemetry.Stored(image.FileType, image.FileSize, Stopwatch.GetElapsedTime(_startedAt));
        }

        return outcome;
    }

    /// <summary>For an exception filter: the refusal for an exception. An exception without a refusal is recorded as the upload's outcome.</summary>
    public Problem? Explain(Exception exception)
    {
        if (exception is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            return UploadProblems.TooLarge(_limits.MaxBytes);
        }

        if (exception is OperationCanceledException && _deadline.IsCancellationRequested && !_request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return UploadProblems.TooSlow(_limits.Timeout);
        }

        _telemetry.Ended(ProblemMiddleware.ProblemFor(exception, _request), isAborted: IsAborted(exception));

        return null;
    }

    public void Dispose()
    {
        _share.Dispose();
        _either.Dispose();
        _deadline.Dispose();
    }

    // A body of known length can be wrong only by ending early.
    private bool IsAborted(Exception exception) => ProblemResponses.HasClientLeft(_request.HttpContext, exception)
        || (exception is BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } && _request.ContentLength is not null);
}
