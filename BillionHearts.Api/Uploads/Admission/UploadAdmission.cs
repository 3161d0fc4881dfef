using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Admission;

/// <summary>
/// The checks before the bytes of an upload are read: the user exists and has quota left, the announced length is within the limit, and this
/// process has memory for it. A refusal here comes before any byte of the body is read.
/// </summary>
internal sealed class UploadAdmission(ByteBudget budget, UserQuota quota, IOptions<UploadOptions> options, TimeProvider clock, UploadTelemetry telemetry)
{
    private readonly UploadOptions _limits = options.Value;

    /// <summary>Checks that the user exists and has quota left. A repeated request is not checked: it gets its earlier answer.</summary>
    public Task<Problem?> CheckUserAsync(long userId, IdempotencyKey? key, int images, long bytes, CancellationToken cancellationToken) =>
        quota.CheckUnlessAnsweredAsync(userId, key, images, bytes, cancellationToken);

    /// <summary>Admits the body of a request.</summary>
    /// <param name="envelope">How many bytes the body may have besides the image.</param>
    /// <returns>Must be disposed when the upload has ended.</returns>
    public Outcome<AdmittedUpload> AdmitBody(HttpRequest request, long envelope)
    {
        var maxBody = _limits.MaxBytes + envelope;
        if (request.ContentLength > maxBody)
        {
            return UploadProblems.TooLarge(_limits.MaxBytes);
        }

        var admitted = AdmitStored(request, request.ContentLength ?? maxBody);
        if (admitted.Problem is null && request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = maxBody;
        }

        return admitted;
    }

    /// <summary>Admits content that is not in the body of the request.</summary>
    /// <inheritdoc cref="AdmitBody"/>
    public Outcome<AdmittedUpload> AdmitStored(HttpRequest request, long bytes) =>
        budget.Take(bytes).TryGet(out var share, out var refusal)
            ? new AdmittedUpload(request, share, _limits, clock, telemetry)
            : refusal;
}
