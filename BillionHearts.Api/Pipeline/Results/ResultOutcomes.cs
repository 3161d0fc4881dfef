using BillionHearts.Api.Pipeline.Dispatch;
using BillionHearts.Api.Pipeline.Duplicates;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>What a result changes: the image's state and the next message, in the caller's transaction.</summary>
internal sealed class ResultOutcomes(ImagesDbContext db, OutboxStore outbox, AnalysisDispatch dispatch, DuplicateAlert duplicates, TimeProvider clock)
{
    public async Task<ResultEffect> ApplyAsync(Image image, AnalysisResult result, CancellationToken cancellationToken)
    {
        if (image.Version > 1)
        {
            // Nothing of what earlier versions look like stays, whether or not this one is recognised.
            await db.ImageLooks.Where(look => look.ImageId == image.Id && look.Version < image.Version).ExecuteDeleteAsync(cancellationToken);
        }

        switch (result.Outcome)
        {
            case AnalysisOutcome.Analyzed:
                var isFirst = image.Analysis is null;
                SetAnalyzed(image, result);

                if (isFirst)
                {
                    await duplicates.AddAsync(image, cancellationToken);
                }

                return ResultEffect.Analyzed;

            case AnalysisOutcome.Retry when RetrySchedule.DelayAfter(image.AnalysisAttempt, Random.Shared.NextDouble()) is { } delay:
                await outbox.AddDelayedAsync(dispatch.NextAttempt(image, LaneOf(result, image)), delay, cancellationToken);
                return ResultEffect.Retried;

            default:
                SetFailed(image, result.Failure!);
                return ResultEffect.Failed;
        }
    }

    /// <summary>The worker may move an image to the slow lane, and to no other.</summary>
    public static string LaneOf(AnalysisResult result, Image image) =>
        result.Lane is AnalysisLane.Slow ? AnalysisLane.Slow : image.AnalysisInBackfill ? AnalysisLane.Backfill : AnalysisLane.Fresh;

    private void SetAnalyzed(Image image, AnalysisResult result)
    {
        var analysis = PlausibleAnalysis.From(result.Analysis!, clock.GetUtcNow());
        image.Status = ImageStatus.Analyzed;
        image.AnalysisRequestId = null;
        image.Analysis = analysis;
        image.Phash = Phash.TryParse(analysis.Phash, out var bits) ? bits : null;
        (image.CapturedAt, image.Camera) = (analysis.Photo?.CapturedAt, analysis.Photo?.Camera);
        image.SearchText = SearchText.From(image.Analysis, image.Recognition);
        image.Renditions = result.Renditions;
        (image.FailureReason, image.FailureDetail) = (null, null);
        db.Outbox.Add(OutboxMessage.From(dispatch.CreateEvent(image, ImagesExchange.Keys.Analyzed)));
    }

    private void SetFailed(Image image, AnalysisFailure failure)
    {
        image.AnalysisRequestId = null;

        if (image.Status is ImageStatus.Analyzed)
        {
            // A repeated analysis failed: the result that the image already has stays. The ledger has the failure.
            return;
        }

        image.Status = ImageStatus.Failed;
        (image.FailureReason, image.FailureDetail) = (failure.Reason, failure.Detail);
        db.Outbox.Add(OutboxMessage.From(dispatch.CreateEvent(image, ImagesExchange.Keys.Failed)));
    }
}
