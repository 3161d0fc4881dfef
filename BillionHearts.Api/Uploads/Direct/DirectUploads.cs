using BillionHearts.Api.Images;
using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Admission;
using BillionHearts.Api.Uploads.Commit;
using BillionHearts.Api.Uploads.Digests;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.Storage;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Uploads.Direct;

/// <summary>
/// The end of a direct upload: what a client has put into the store itself is taken from there as from any client, compared
/// with what was announced, and becomes the image's content.
/// </summary>
internal sealed class DirectUploads(ImagesDbContext db, IBlobStore blobs, ContentIntake intake, ContentCommits commits, UploadAdmission admission)
{
    public async Task<IResult> CompleteAsync(long id, byte[]? sha256, HttpRequest request, CancellationToken cancellationToken)
    {
        var (key, refusal) = IdempotencyKey.Read(request);

        if (refusal is not null)
        {
            return refusal;
        }

        if (await db.Images.AsNoTracking().SingleOrDefaultAsync(image => image.Id == id, cancellationToken) is not { } image)
        {
            return Problems.ImageNotFound;
        }

        var keyed = admission.Keyed(request, key, image.UserId, "complete", sha256);

        if (image.HasContent)
        {
            return keyed is null ? OfComplete(image, sha256) : await db.ReplayAsync(keyed.Request, cancellationToken) ?? OfComplete(image, sha256);
        }

        return await admission.Quota.CheckAsync(image.UserId, images: 1, image.FileSize, cancellationToken)
            ?? await FindProblemAsync(image, cancellationToken)
            ?? await admission.Gate.AdmitStoredAsync(request, image.FileSize, cancel => TakeAsync(image, sha256, keyed, cancel), cancellationToken);
    }

    /// <summary>The image as it is: to have completed it before is to have completed it.</summary>
    private static IResult OfComplete(Image image, byte[]? sha256) => sha256 is null || image.Sha256.AsSpan().SequenceEqual(sha256)
        ? new ImageResult(image)
        : AnnouncedContent.Mismatch("sha256", Convert.ToHexStringLower(sha256), Convert.ToHexStringLower(image.Sha256!));

    private async Task<Problem?> FindProblemAsync(Image image, CancellationToken cancellationToken)
    {
        if (await blobs.GetPropertiesAsync(UploadTargets.IncomingKey(image), cancellationToken) is not { } found)
        {
            return AnnouncedContent.NotThere;
        }

        if (found.Length == image.FileSize)
        {
            return null;
        }

        await intake.DiscardAsync(UploadTargets.IncomingKey(image));
        return AnnouncedContent.Mismatch("file_size", image.FileSize, found.Length);
    }

    private async Task<ContentOutcome> TakeAsync(Image image, byte[]? sha256, KeyedAnswer? keyed, CancellationToken cancellationToken)
    {
        var incoming = UploadTargets.IncomingKey(image);
        await using var stream = await blobs.OpenReadAsync(incoming, 0, length: null, cancellationToken);

        if (stream is null)
        {
            // Another complete was faster than this one, or there is nothing.
            return await db.Images.AsNoTracking().SingleOrDefaultAsync(now => now.Id == image.Id && now.Version > 0, cancellationToken) is { } done
                ? ContentOutcome.Refused(OfComplete(done, sha256))
                : ContentOutcome.Refused(AnnouncedContent.NotThere);
        }

        var (content, unfit) = await intake.ReceiveAsync(stream, ExpectedDigests.None, cancellationToken);
        unfit ??= AnnouncedContent.Compare(image, sha256, content!);

        if (unfit is null)
        {
            return await commits.ReplaceAsync(image.Id, content!, keyed, now => now.HasContent ? OfComplete(now, sha256) : AnnouncedContent.Compare(now, sha256, content!));
        }

        // Gone, so that the address, which creates and does not replace, serves for another try.
        await intake.DiscardAsync(incoming);

        if (content is not null)
        {
            await intake.DiscardAsync(content.Key);
        }

        return ContentOutcome.Refused(unfit.Status is 413 or 415 ? unfit with { Status = 422 } : unfit);
    }
}
