using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Admission;
using BillionHearts.Api.Uploads.Commit;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Uploads.Content;

/// <summary>
/// An upload whose body is the content and nothing else: the first content of an announced image, or a new version. The type is read from the
/// bytes; the Content-Type is ignored.
/// </summary>
internal sealed class ContentUpload(ImagesDbContext db, UploadAdmission admission, ContentIntake intake, ContentCommits commits, ImageRenderer renderer)
{
    public async Task<Outcome<UploadAnswer>> ReceiveAsync(long id, HttpRequest request, CancellationToken cancellationToken)
    {
        if (!UploadHeaders.Read(request).TryGet(out var headers, out var refusal))
        {
            return refusal;
        }

        var preconditions = new Preconditions(request, renderer);
        if ((RefusePart(request) ?? await CheckEarlyAsync(id, request, headers.Key, preconditions, cancellationToken)) is { } early)
        {
            return early;
        }

        if (!admission.AdmitBody(request, envelope: 0).TryGet(out var admitted, out refusal))
        {
            return refusal;
        }

        using (admitted)
        {
            try
            {
                return await ReceiveAsync(id, request, headers, preconditions, admitted);
            }
            catch (Exception exception) when (admitted.Explain(exception) is { } ended)
            {
                return ended;
            }
        }
    }

    private async Task<Outcome<UploadAnswer>> ReceiveAsync(
        long id, HttpRequest request, UploadHeaders headers, Preconditions preconditions, AdmittedUpload admitted)
    {
        if (!(await intake.StageAsync(request.Body, headers.Digests, admitted.Token)).TryGet(out var staged, out var refusal))
        {
            return refusal;
        }

        await using (staged)
        {
            // Read again, because a key belongs to an owner. If the image has been deleted since, the commit refuses.
            var owner = await db.Images.Where(image => image.Id == id).Select(image => image.UserId).SingleOrDefaultAsync(CancellationToken.None);
            var keyed = KeyedRequest.From(request, headers.Key, owner, "content", staged.Content.Sha256);

            return admitted.Record(await commits.ReplaceAsync(
                id, staged, keyed, image => preconditions.Check(image) is { } failed ? failed : (Outcome<UploadAnswer>?)null));
        }
    }

    /// <summary>Checks that are possible before the body is read. The commit repeats all of them.</summary>
    private async Task<Problem?> CheckEarlyAsync(
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

        var replaced = ReplacedContent.From(image);

        return preconditions.Check(image) ?? await admission.CheckUserAsync(
            image.UserId, key: null, 1 - replaced.Images, (request.ContentLength ?? 1) - replaced.Bytes, cancellationToken);
    }

    /// <summary>Content must be complete: a server that stores a part of it as the whole loses the rest (RFC 9110, 14.5).</summary>
    private static Problem? RefusePart(HttpRequest request)
    {
        foreach (var name in (ReadOnlySpan<string>)["Content-Range", "Range"])
        {
            if (request.Headers.TryGetValue(name, out var value))
            {
                return new Problem(
                    400, "partial-content", "Partial content",
                    $"The request has the header {name}: {Problems.Shorten(value.ToString())}, but this address takes the whole content. Use /uploads to send it in parts.");
            }
        }

        return null;
    }
}
