using System.Diagnostics;
using BillionHearts.Api.Pipeline;
using BillionHearts.Api.Pipeline.Dispatch;
using BillionHearts.Api.Pipeline.Watch;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Images.Timeline;

/// <summary>Finds where the analysis of an image waits, and estimates how long.</summary>
internal sealed class WaitingAnalysis(ImagesDbContext db, AnalysisRate rate, TimeProvider clock)
{
    private const string Outbox = "outbox";
    private const string Queue = "queue";
    private const string DeadLetters = "dead_letters";

    /// <summary>Counting stops here.</summary>
    private const int MaxPosition = 10_000;

    /// <returns><see langword="null"/> if the image waits for no analysis.</returns>
    public async Task<WaitingResponse?> FindAsync(Image image, CancellationToken cancellationToken)
    {
        if (image.AnalysisRequestId is not { } request)
        {
            return null;
        }

        var left = await db.Outbox.AsNoTracking().Where(message => message.MessageId == request)
            .Select(message => new { message.NextAt, message.Attempts, message.Traceparent }).SingleOrDefaultAsync(cancellationToken);
        var messageId = request.ToString("D");
        var isDead = left is null && await db.DeadLetters.AnyAsync(dead => dead.MessageId == messageId, cancellationToken);
        // The relay postpones what the broker did not take. That is no retry of the analysis, and nobody knows how long it lasts.
        var isRefused = left is { Attempts: > 0 };
        var notBefore = !isRefused && left?.NextAt > clock.GetUtcNow() ? left.NextAt : (DateTimeOffset?)null;
        var position = isDead || notBefore is not null ? (long?)null : 1 + await CountBeforeAsync(image, request, cancellationToken);

        return new WaitingResponse
        {
            Place = isDead ? DeadLetters : left is null ? Queue : Outbox,
            Since = RequestId.CreatedAt(request)?.UtcDateTime,
            Attempt = image.AnalysisAttempt,
            Lane = image.AnalysisInBackfill ? AnalysisLane.Backfill : AnalysisLane.Fresh,
            NotBefore = notBefore?.UtcDateTime,
            Position = position,
            EtaSeconds = position < MaxPosition && !isRefused ? await EstimateAsync(position.Value, cancellationToken) : null,
            TraceId = ActivityContext.TryParse(left?.Traceparent, null, out var trace) ? trace.TraceId.ToHexString() : null,
        };
    }

    /// <summary>Images whose request is served earlier: fresh ones in their order, then back-fill. Includes retries that are not due, which are few.</summary>
    private async Task<long> CountBeforeAsync(Image image, Guid request, CancellationToken cancellationToken)
    {
        var before = await CountAsync(backfill: false, image.AnalysisInBackfill ? null : request, MaxPosition - 1, cancellationToken);

        return image.AnalysisInBackfill && before < MaxPosition - 1
            ? before + await CountAsync(backfill: true, request, (int)(MaxPosition - 1 - before), cancellationToken)
            : before;
    }

    private Task<int> CountAsync(bool backfill, Guid? before, int limit, CancellationToken cancellationToken)
    {
        var earlierThan = before ?? Guid.AllBitsSet;

        return db.Database.SqlQuery<int>(
            $"""
            SELECT count(*)::int AS "Value" FROM (
                SELECT FROM images WHERE analysis_in_backfill = {backfill} AND analysis_request_id < {earlierThan} LIMIT {limit}) AS earlier
            """).SingleAsync(cancellationToken);
    }

    private async Task<double?> EstimateAsync(long position, CancellationToken cancellationToken) =>
        await rate.MeasureAsync(cancellationToken) is { } pace ? Math.Round(((position - 1) * pace.SecondsPerImage) + pace.Duration, 1) : null;
}
