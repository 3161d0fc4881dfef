using System.Diagnostics;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Commit;
using BillionHearts.Api.Uploads.Digests;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>Turns an upload whose last bytes have arrived into an image, through the same intake as every other kind of upload.</summary>
/// <remarks>Not cancelled when the client disconnects: the upload is complete.</remarks>
internal sealed class ResumableCompletion(
    ResumableStore uploads, PartBlobs blobs, ContentIntake intake, ContentCommits commits, UploadTelemetry telemetry)
{
    /// <param name="unrecorded">The parts that follow the recorded ones.</param>
    /// <param name="last">The bytes after the parts.</param>
    /// <returns>Why there is no image, or <see langword="null"/>. If the bytes are the reason, the upload has ended; otherwise it is unchanged.</returns>
    public async Task<Problem?> FinishAsync(ResumableUpload upload, IReadOnlyList<ResumableUploadPart> unrecorded, ReadOnlyMemory<byte> last)
    {
        try
        {
            return await CommitAsync(upload, unrecorded, last);
        }
        catch (UploadMovedException)
        {
            return await uploads.ExplainAsync(upload);
        }
        catch (PartMissingException)
        {
            // A request that ends the upload has its parts removed. If no other request has ended it, bytes are lost: an error, and logged as one.
            if (await uploads.TryRefuseAsync(upload, TusProblems.BytesLost.Slug))
            {
                throw;
            }

            return await uploads.ExplainAsync(upload);
        }
    }

    /// <summary>Ends the upload because its bytes are refused.</summary>
    /// <returns>The refusal; or, if another request has changed the upload meanwhile, its current state as a problem.</returns>
    public async Task<Problem> RefuseAsync(ResumableUpload upload, Problem refusal) =>
        await uploads.TryRefuseAsync(upload, refusal.Slug) ? refusal : await uploads.ExplainAsync(upload);

    private async Task<Problem?> CommitAsync(ResumableUpload upload, IReadOnlyList<ResumableUploadPart> unrecorded, ReadOnlyMemory<byte> last)
    {
        var startedAt = Stopwatch.GetTimestamp();

        if (!(await StageAsync(upload, unrecorded, last)).TryGet(out var staged, out var refusal))
        {
            return await RefuseAsync(upload, refusal);
        }

        await using (staged)
        {
            var name = upload.OriginalFilename is "" ? $"image.{staged.Content.Image.Type.Name}" : upload.OriginalFilename;
            var outcome = await commits.AddAsync(upload.UserId, name, staged, keyed: null, new FinishedUpload(upload, uploads.NextExpiry()));

            if (outcome.TryGet(out var answer, out refusal) && answer is UploadAnswer.Stored { Image: var image })
            {
                (upload.Offset, upload.ImageId) = (upload.Length, image.Id);
                telemetry.Stored(image.FileType, image.FileSize, Stopwatch.GetElapsedTime(startedAt));
            }

            return refusal;
        }
    }

    private async Task<Outcome<StagedBlob>> StageAsync(ResumableUpload upload, IReadOnlyList<ResumableUploadPart> unrecorded, ReadOnlyMemory<byte> last)
    {
        var recorded = await uploads.PartsAsync(upload.Id, CancellationToken.None);
        if (recorded.Sum(part => part.Length) != upload.Offset)
        {
            throw new UploadMovedException();
        }

        await using var bytes = blobs.Open([.. recorded, .. unrecorded], last);

        return await intake.StageAsync(bytes, ExpectedDigests.None, CancellationToken.None);
    }
}
