using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Admission;
using BillionHearts.Api.Uploads.Commit;
using BillionHearts.Api.Uploads.Digests;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Content;

/// <summary>
/// Content as the body of a request, nothing around it: the first of an announced image, or another version. What it is, the
/// bytes say; a Content-Type is what its sender believes.
/// </summary>
internal sealed class ContentUploads(ImagesDbContext db, ContentIntake intake, ContentCommits commits, UploadAdmission admission, IOptions<UploadOptions> options)
{
    private readonly UploadOptions _limits = options.Value;

    public async Task<IResult> ReceiveAsync(long id, HttpRequest request, CancellationToken cancellationToken)
    {
        var (key, unkeyed) = IdempotencyKey.Read(request);
        var (expected, malformed) = ExpectedDigests.Read(request.Headers);
        var preconditions = new Preconditions(request, admission.Renderer);
        var refusal = unkeyed ?? malformed ?? RefusePart(request) ?? await RefuseEarlyAsync(id, request, key, preconditions, cancellationToken);

        return refusal is not null
            ? admission.Gate.Refuse(refusal)
            : await admission.Gate.AdmitAsync(request, _limits.MaxBytes, ReceiveBodyAsync, cancellationToken);

        async Task<ContentOutcome> ReceiveBodyAsync(CancellationToken cancel)
        {
            var (content, unfit) = await intake.ReceiveAsync(request.Body, expected, cancel);
            return content is null ? ContentOutcome.Refused(unfit!) : await CommitAsync(id, request, key, content, preconditions);
        }
    }

    private async Task<ContentOutcome> CommitAsync(long id, HttpRequest request, IdempotencyKey? key, StoredContent content, Preconditions preconditions)
    {
        // Looked up again: the owner is part of what a key means, and an image that went meanwhile is refused below.
        var owner = await db.Images.Where(image => image.Id == id).Select(image => image.UserId).SingleOrDefaultAsync(CancellationToken.None);
        var keyed = admission.Keyed(request, key, owner, "content", content.Sha256);
        return await commits.ReplaceAsync(id, content, keyed, preconditions.Judge);
    }

    /// <summary>What can be known before the body is read. All of it is looked at again in the commit.</summary>
    private async Task<Problem?> RefuseEarlyAsync(
        long id, HttpRequest request, IdempotencyKey? key, Preconditions preconditions, CancellationToken cancellationToken)
    {
        if (await db.Images.AsNoTracking().SingleOrDefaultAsync(image => image.Id == id, cancellationToken) is not { } image)
        {
            return Problems.ImageNotFound;
        }

        if (await db.HasAnswerAsync(image.UserId, key, cancellationToken))
        {
            return null;
        }

        var replaced = ReplacedContent.Of(image);
        return preconditions.Judge(image)
            ?? await admission.Quota.CheckAsync(image.UserId, 1 - replaced.Images, (request.ContentLength ?? 1) - replaced.Bytes, cancellationToken);
    }

    /// <summary>Content comes whole: a server that stores a part of it as all of it has lost the rest (RFC 9110, 14.5).</summary>
    private static Problem? RefusePart(HttpRequest request)
    {
        foreach (var name in (ReadOnlySpan<string>)["Content-Range", "Range"])
        {
            if (request.Headers.TryGetValue(name, out var value))
            {
                return new Problem(
                    400, "partial-content", "Partial content",
                    $"The request has the header {name}: {Problems.Shorten(value.ToString())}; content is sent here whole. To send it in parts use /uploads.");
            }
        }

        return null;
    }
}
