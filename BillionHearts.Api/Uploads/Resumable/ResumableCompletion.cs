using System.Diagnostics;
using BillionHearts.Api.Images;
using BillionHearts.Api.Images.Metadata;
using BillionHearts.Api.Uploads.Commit;
using BillionHearts.Api.Uploads.Digests;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>Makes an image of an upload whose last bytes have come, through the intake that every way of uploading ends in.</summary>
/// <remarks>Not cancelled by a client that goes away: all of the upload is here.</remarks>
internal sealed class ResumableCompletion(
    ResumableStore uploads, PartBlobs blobs, ContentIntake intake, ContentCommits commits, UploadTelemetry telemetry)
{
    /// <param name="unnamed">Parts after those that are named.</param>
    /// <param name="last">The bytes after the parts.</param>
    /// <returns>Why there is no image, or <see langword="null"/>. The upload has ended when its bytes are to blame, and is as it was otherwise.</returns>
    public async Task<IResult?> FinishAsync(ResumableUpload upload, IReadOnlyList<ResumableUploadPart> unnamed, ReadOnlyMemory<byte> last)
    {
        var startedAt = Stopwatch.GetTimestamp();

        try
        {
            var (content, refusal) = await TakeInAsync(upload, unnamed, last);

            if (content is null)
            {
                return await RefuseAsync(upload, refusal!);
            }

            var name = upload.OriginalFilename is "" ? $"image.{content.Image.Type.Name}" : upload.OriginalFilename;
            var outcome = await commits.AddAsync(
                upload.UserId, name, content, keyed: null, alongside: (image, cancel) => uploads.FinishAsync(upload, image, cancel));

            if (outcome.Image is not { } image)
            {
                return Refuse(outcome.Refusal!);
            }

            (upload.Offset, upload.ImageId) = (upload.Length, image.Id);
            telemetry.Stored(image.FileType, image.FileSize, Stopwatch.GetElapsedTime(startedAt));
            return null;
        }
        catch (UploadMovedException)
        {
            return Refuse(await uploads.ExplainAsync(upload));
        }
        catch (PartMissingException)
        {
            // Another request that has ended the upload has its parts removed. If none has, they are lost: an error, and logged as one.
            if (await uploads.TryRefuseAsync(upload, TusProblems.BytesLost.Slug))
            {
                throw;
            }

            return Refuse(await uploads.ExplainAsync(upload));
        }
    }

    /// <summary>Ends the upload because of what its bytes are.</summary>
    public async Task<IResult> RefuseAsync(ResumableUpload upload, Problem refusal) =>
        Refuse(await uploads.TryRefuseAsync(upload, refusal.Slug) ? refusal : await uploads.ExplainAsync(upload));

    /// <summary>Counts the refusal.</summary>
    public IResult Refuse(IResult refusal)
    {
        telemetry.Refused(refusal is Problem problem ? problem.Slug : "other");
        return refusal;
    }

    private async Task<(StoredContent? Content, Problem? Refusal)> TakeInAsync(
        ResumableUpload upload, IReadOnlyList<ResumableUploadPart> unnamed, ReadOnlyMemory<byte> last)
    {
        var named = await uploads.PartsAsync(upload.Id, CancellationToken.None);

        if (named.Sum(part => part.Length) != upload.Offset)
        {
            throw new UploadMovedException();
        }

        await using var bytes = blobs.Open([.. named, .. unnamed], last);
        return await intake.ReceiveAsync(bytes, ExpectedDigests.None, CancellationToken.None);
    }
}
