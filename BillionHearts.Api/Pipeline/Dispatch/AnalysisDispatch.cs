using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using BillionHearts.Storage;

namespace BillionHearts.Api.Pipeline.Dispatch;

/// <summary>Creates the messages about an image. A request also sets the id that the image waits for, so the caller must save both together.</summary>
internal sealed class AnalysisDispatch(IBlobStore blobs, TimeProvider clock)
{
    /// <summary>Creates the first attempt to analyse the image's current content. It replaces an analysis that is under way.</summary>
    public AnalysisRequest Begin(Image image)
    {
        image.Status = ImageStatus.Pending;
        image.AnalysisAttempt = 0;
        (image.FailureReason, image.FailureDetail) = (null, null);
        return NextAttempt(image, AnalysisLane.Fresh);
    }

    /// <summary>
    /// Creates another analysis of the same content, behind all fresh uploads. An analysed image keeps its status, result and renditions until the new result
    /// arrives; a failed one becomes pending.
    /// </summary>
    public AnalysisRequest Repeat(Image image)
    {
        if (image.Status is not ImageStatus.Analyzed)
        {
            image.Status = ImageStatus.Pending;
            (image.FailureReason, image.FailureDetail) = (null, null);
        }

        image.AnalysisAttempt = 0;
        return NextAttempt(image, AnalysisLane.Backfill);
    }

    public AnalysisRequest NextAttempt(Image image, string lane)
    {
        var request = new AnalysisRequest
        {
            StorageUrl = blobs.GetUri(image.StoragePath),
            ImageId = image.Id,
            UserId = image.UserId,
            Version = image.Version,
            MessageId = Guid.CreateVersion7(clock.GetUtcNow()),
            Lane = lane,
            Attempt = ++image.AnalysisAttempt,
            Sha256 = Convert.ToHexStringLower(image.Sha256!),
        };
        image.AnalysisRequestId = request.MessageId;
        image.AnalysisInBackfill = lane is AnalysisLane.Backfill || (lane is AnalysisLane.Slow && image.AnalysisInBackfill);
        return request;
    }

    /// <param name="type">A routing key of <see cref="ImagesExchange.Keys"/>.</param>
    public ImageEvent CreateEvent(Image image, string type)
    {
        var now = clock.GetUtcNow();

        return new ImageEvent
        {
            EventId = Guid.CreateVersion7(now),
            Type = type,
            ImageId = image.Id,
            UserId = image.UserId,
            Version = image.Version,
            OccurredAt = now,
            Failure = image.FailureReason is null ? null : new AnalysisFailure(image.FailureReason, image.FailureDetail ?? ""),
        };
    }
}
