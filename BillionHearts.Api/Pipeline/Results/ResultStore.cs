using System.Diagnostics;
using System.Text.Json;
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
internal sealed class ResultStore(ImagesDbContext db, ResultOutcomes outcomes, OutboxSignal signal, PipelineTelemetry telemetry)
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
        var effect = await outcomes.ApplyAsync(image, result, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return effect;
    }

    // The attempt's number comes from our row and not from the message: only our own count decides whether to retry.
    private static AnalysisAttempt CreateAttempt(AnalysisResult result, Image image) => new()
    {
        RequestId = result.RequestId,
        ImageId = image.Id,
        Version = image.Version,
        Attempt = image.AnalysisAttempt,
        Lane = ResultOutcomes.LaneOf(result, image),
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
