using System.Diagnostics;
using System.Text.Json;
using BillionHearts.Api.Pipeline.Dispatch;
using BillionHearts.Api.Pipeline.Duplicates;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Pipeline.Watch;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>
/// Stores a result once: inbox row, ledger row, the image's new state and the next message, in one transaction. Only the
/// result of the request that the image waits for changes the image.
/// </summary>
internal sealed class ResultStore(
    ImagesDbContext db, OutboxStore outbox, AnalysisDispatch dispatch, DuplicateAlert duplicates, OutboxSignal signal, PipelineTelemetry telemetry, TimeProvider clock)
{
    public async Task<ResultEffect> StoreAsync(AnalysisResult result, CancellationToken cancellationToken)
    {
        var effect = await CommitAsync(result, cancellationToken);
        signal.Set();
        telemetry.ResultHandled(JsonNamingPolicy.SnakeCaseLower.ConvertName(effect.ToString()));
        return effect;
    }

    private async Task<ResultEffect> CommitAsync(AnalysisResult result, CancellationToken cancellationToken)
    {
        using var commit = ApiTraces.StartCommit("result");
        return await db.InTransactionAsync(cancel => ApplyAsync(result, cancel), cancellationToken);
    }

    private async Task<ResultEffect> ApplyAsync(AnalysisResult result, CancellationToken cancellationToken)
    {
        var isNew = await db.Database.ExecuteSqlAsync(
            $"INSERT INTO inbox (request_id) VALUES ({result.RequestId}) ON CONFLICT DO NOTHING", cancellationToken);

        if (isNew is 0)
        {
            return ResultEffect.Duplicate;
        }

        if (await db.LockImageAsync(result.ImageId, cancellationToken) is not { } image)
        {
            await db.RetireLateAsync(result.Renditions, cancellationToken);
            return ResultEffect.ImageGone;
        }

        if (image.AnalysisRequestId != result.RequestId || image.Version != result.Version)
        {
            await db.RetireLateAsync(result.Renditions, cancellationToken);
            return ResultEffect.Stale;
        }

        db.AnalysisAttempts.Add(CreateAttempt(result, image));
        var effect = await ChangeAsync(image, result, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return effect;
    }

    private async Task<ResultEffect> ChangeAsync(Image image, AnalysisResult result, CancellationToken cancellationToken)
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

    /// <summary>The worker may move an image to the slow lane, and to no other.</summary>
    private static string LaneOf(AnalysisResult result, Image image) =>
        result.Lane is AnalysisLane.Slow ? AnalysisLane.Slow : image.AnalysisInBackfill ? AnalysisLane.Backfill : AnalysisLane.Fresh;

    // The attempt's number comes from our row and not from the message: only our own count decides whether to retry.
    private static AnalysisAttempt CreateAttempt(AnalysisResult result, Image image) => new()
    {
        RequestId = result.RequestId,
        ImageId = image.Id,
        Version = image.Version,
        Attempt = image.AnalysisAttempt,
        Lane = LaneOf(result, image),
        Outcome = result.Outcome,
        Reason = result.Failure?.Reason,
        Detail = result.Failure?.Detail,
        Worker = result.Worker,
        StartedAt = result.StartedAt.ToUniversalTime(),
        FinishedAt = result.FinishedAt.ToUniversalTime(),
        TraceId = Activity.Current?.TraceId.ToHexString(),
        Diagnosis = result.Diagnosis,
    };
}

internal enum ResultEffect
{
    Analyzed,
    Failed,
    Retried,

    /// <summary>The result was already handled.</summary>
    Duplicate,

    /// <summary>The result belongs to a request that was replaced.</summary>
    Stale,

    /// <summary>The image is deleted or never existed.</summary>
    ImageGone,
}
