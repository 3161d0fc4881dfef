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
/// Completes a direct upload. The bytes that a client has written to the store are read like the body of any other upload, compared with
/// the announced metadata, and become the image's content.
/// </summary>
internal sealed class DirectUpload(
    ImagesDbContext db, IBlobStore blobs, UploadAdmission admission, ContentIntake intake, ContentCommits commits, UncommittedBlobs uncommitted)
{
    public async Task<Outcome<UploadAnswer>> CompleteAsync(long id, byte[]? sha256, HttpRequest request, CancellationToken cancellationToken)
    {
        if (IdempotencyKey.Read(request, out var key) is { } invalid)
        {
            return invalid;
        }

        if (await db.Images.AsNoTracking().SingleOrDefaultAsync(image => image.Id == id, cancellationToken) is not { } image)
        {
            return Problems.ImageNotFound;
        }

        var keyed = KeyedRequest.From(request, key, image.UserId, "complete", sha256);
        if (image.HasContent)
        {
            return (keyed is null ? null : await db.ReplayAsync(keyed.Request, cancellationToken)) ?? AlreadyComplete(image, sha256);
        }

        var refusal = await admission.CheckUserAsync(image.UserId, key: null, images: 1, image.FileSize, cancellationToken) ?? await CheckStoredAsync(image, cancellationToken);
        if (refusal is not null || !admission.AdmitStored(request, image.FileSize).TryGet(out var admitted, out refusal))
        {
            return refusal;
        }

        using (admitted)
        {
            try
            {
                return await ReceiveAsync(image, sha256, keyed, admitted);
            }
            catch (Exception exception) when (admitted.Explain(exception) is { } ended)
            {
                return ended;
            }
        }
    }

    private async Task<Outcome<UploadAnswer>> ReceiveAsync(Image image, byte[]? sha256, KeyedRequest? keyed, AdmittedUpload admitted)
    {
        var incoming = UploadTargets.IncomingKey(image.StoragePath);
        await using var stream = await blobs.OpenReadAsync(incoming, 0, length: null, admitted.Token);
        if (stream is null)
        {
            // Another complete request was faster, or nothing was sent.
            return await db.Images.AsNoTracking().SingleOrDefaultAsync(now => now.Id == image.Id && now.Version > 0, admitted.Token) is { } done
                ? AlreadyComplete(done, sha256)
                : AnnouncedContent.NotThere;
        }

        if (!(await intake.StageAsync(stream, ExpectedDigests.None, admitted.Token)).TryGet(out var staged, out var refusal))
        {
            await uncommitted.DiscardAsync(incoming);
            // On this route the content is not the body of the request.
            return refusal.Status is 413 or 415 ? refusal with { Status = 422 } : refusal;
        }

        await using (staged)
        {
            if (AnnouncedContent.Compare(image, sha256, staged.Content) is { } mismatch)
            {
                // The upload address can create a blob but not replace one, so the blob is removed to make the address usable again.
                await uncommitted.DiscardAsync(incoming);
                return mismatch;
            }

            return admitted.Record(await commits.ReplaceAsync(image.Id, staged, keyed, now => CheckAnnounced(now, sha256, staged.Content)));
        }
    }

    private static Outcome<UploadAnswer>? CheckAnnounced(Image image, byte[]? sha256, StoredContent content)
    {
        if (image.HasContent)
        {
            return AlreadyComplete(image, sha256);
        }

        return AnnouncedContent.Compare(image, sha256, content) is { } mismatch ? mismatch : (Outcome<UploadAnswer>?)null;
    }

    /// <summary>Completing an upload twice gives the same answer as completing it once.</summary>
    private static Outcome<UploadAnswer> AlreadyComplete(Image image, byte[]? sha256) => sha256 is null || image.Sha256.AsSpan().SequenceEqual(sha256)
        ? new UploadAnswer.Stored(image, IsNew: false)
        : AnnouncedContent.Mismatch("sha256", Convert.ToHexStringLower(sha256), Convert.ToHexStringLower(image.Sha256!));

    private async Task<Problem?> CheckStoredAsync(Image image, CancellationToken cancellationToken)
    {
        if (await blobs.GetPropertiesAsync(UploadTargets.IncomingKey(image.StoragePath), cancellationToken) is not { } found)
        {
            return AnnouncedContent.NotThere;
        }

        if (found.Length == image.FileSize)
        {
            return null;
        }

        await uncommitted.DiscardAsync(UploadTargets.IncomingKey(image.StoragePath));

        return AnnouncedContent.Mismatch("file_size", image.FileSize, found.Length);
    }
}
