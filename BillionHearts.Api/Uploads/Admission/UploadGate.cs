using System.Diagnostics;
using BillionHearts.Api.Images;
using BillionHearts.Api.Images.Metadata;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Commit;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Admission;

/// <summary>
/// Lets the body of an upload in, or not: it must not say that it is too large, there must be room for it among the others, and
/// it has only so long. What is refused here is refused before a byte of it is read.
/// </summary>
internal sealed class UploadGate(ByteBudget budget, IOptions<UploadOptions> options, TimeProvider clock, UploadTelemetry telemetry)
{
    private readonly UploadOptions _limits = options.Value;

    /// <param name="maxBody">Largest body: an image and what is around it.</param>
    /// <param name="receive">Takes the body in. It ends early, by its token, when the client goes or its time is up.</param>
    public async Task<IResult> AdmitAsync(
        HttpRequest request, long maxBody, Func<CancellationToken, Task<ContentOutcome>> receive, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBody)
        {
            return Refuse(UploadProblems.TooLarge(_limits.MaxBytes));
        }

        var (share, refusal) = budget.Take(request.ContentLength ?? maxBody);

        if (share is null)
        {
            return Refuse(refusal!);
        }

        using (share)
        {
            if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            {
                size.MaxRequestBodySize = maxBody;
            }

            return await ReceiveAsync(request, receive, cancellationToken);
        }
    }

    /// <summary>Content that does not come in the body of the request.</summary>
    public async Task<IResult> AdmitStoredAsync(
        HttpRequest request, long bytes, Func<CancellationToken, Task<ContentOutcome>> receive, CancellationToken cancellationToken)
    {
        var (share, refusal) = budget.Take(bytes);

        if (share is null)
        {
            return Refuse(refusal!);
        }

        using (share)
        {
            return await ReceiveAsync(request, receive, cancellationToken);
        }
    }

    private async Task<IResult> ReceiveAsync(
        HttpRequest request, Func<CancellationToken, Task<ContentOutcome>> receive, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_limits.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var startedAt = Stopwatch.GetTimestamp();

        try
        {
            var outcome = await receive(either.Token);

            if (outcome.Image is not { } image)
            {
                return Count(outcome.Refusal!, cancellationToken.IsCancellationRequested);
            }

            telemetry.Stored(image.FileType, image.FileSize, Stopwatch.GetElapsedTime(startedAt));
            return new ImageResult(image);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode is StatusCodes.Status413PayloadTooLarge)
        {
            return Refuse(UploadProblems.TooLarge(_limits.MaxBytes));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Refuse(UploadProblems.TooSlow(_limits.Timeout));
        }
        catch (Exception exception)
        {
            Count(ProblemMiddleware.From(exception, request), cancellationToken.IsCancellationRequested || EndedEarly(exception, request));
            throw;
        }
    }

    // The request is told of it a moment after who reads its body. A body of a known length can be wrong in one way only: it ends too early.
    private static bool EndedEarly(Exception exception, HttpRequest request) => exception is ConnectionResetException
        || (exception is BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } && request.ContentLength is not null);

    /// <summary>Counts what is refused before the body is asked for.</summary>
    public IResult Refuse(IResult refusal) => Count(refusal, isAborted: false);

    /// <summary>A body that ends too early is its client's mistake, unless the client has gone.</summary>
    private IResult Count(IResult refusal, bool isAborted)
    {
        if (isAborted)
        {
            telemetry.Abandoned();
        }
        else if (refusal is Problem { Status: >= 500 } failure)
        {
            telemetry.Failed(failure.Slug);
        }
        else
        {
            telemetry.Refused(refusal is Problem problem ? problem.Slug : "replayed");
        }

        return refusal;
    }
}
