using System.Text;
using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Http;

namespace BillionHearts.Api.Uploads;

/// <summary>The answer to a successful upload.</summary>
internal abstract record UploadAnswer
{
    /// <summary>Set on an answer that repeats an earlier one.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    /// <summary>The image, as it is now.</summary>
    /// <param name="IsNew">Whether this request stored it; false when an earlier request did.</param>
    internal sealed record Stored(Image Image, bool IsNew = true) : UploadAnswer;

    /// <summary>The exact answer that the first request with the same key got.</summary>
    internal sealed record Replayed(int Status, string Body) : UploadAnswer;
}

/// <summary>Turns outcomes of uploads into HTTP results; used by endpoints only.</summary>
internal static class UploadResults
{
    /// <summary>Answers a request that sent bytes. If it stored nothing, records why.</summary>
    public static IResult Answer(this UploadTelemetry telemetry, Outcome<UploadAnswer> outcome, HttpRequest request)
    {
        if (!outcome.TryGet(out var answer, out var problem))
        {
            telemetry.Ended(problem, request.HttpContext.RequestAborted.IsCancellationRequested);

            return problem;
        }

        if (answer is not UploadAnswer.Stored { IsNew: true })
        {
            telemetry.Refused("replayed");
        }

        return answer.ToResult(request.HttpContext.Response);
    }

    public static IResult ToResult(this UploadAnswer answer, HttpResponse response)
    {
        if (answer is UploadAnswer.Replayed replayed)
        {
            response.Headers[UploadAnswer.ReplayedHeader] = "true";

            return new RenderedJson(Encoding.UTF8.GetBytes(replayed.Body)) { Status = replayed.Status };
        }

        return new ImageResult(ImageView.From(((UploadAnswer.Stored)answer).Image));
    }
}
