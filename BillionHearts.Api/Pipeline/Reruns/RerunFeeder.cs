using BillionHearts.Api.Pipeline.Dispatch;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Api.Platform.Data;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Reruns;

/// <summary>
/// Moves re-runs on: counts the images that ended, and queues the next ones, never more than a few at a time. Each step is one transaction that holds the
/// lock of the re-run's row. The lock is the lease: it ends with the process, one replica at a time has it, and a pause that has returned is followed by no
/// further image.
/// </summary>
internal sealed class RerunFeeder(ImagesDbContext db, AnalysisDispatch dispatch, OutboxSignal signal, FeedPace pace, TimeProvider clock) : IRecurringJob
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Pages that are read in a run at most, with <see cref="RerunFilter.PageSize"/> rows each. Where few rows match, a re-run would otherwise read the whole table without
    /// a pause.
    /// </summary>
    internal const int MaxPages = 10;

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        // One while uploads are slow.
        var pages = Math.Min(MaxPages, pace.MaxOutstanding);

        for (var page = 0; page < pages; page++)
        {
            var step = await db.InTransactionAsync(AdvanceAsync, cancellationToken);

            if (step.Queued > 0)
            {
                signal.Set();
            }

            if (!step.HasMoreToRead)
            {
                break;
            }
        }

        return NextRun.WhenDue;
    }

    private async Task<Step> AdvanceAsync(CancellationToken cancellationToken)
    {
        var reruns = await db.Reruns.FromSql(
            $"""
            SELECT * FROM reruns AS rerun
            WHERE state = {RerunState.Running} OR EXISTS (SELECT FROM rerun_images WHERE rerun_id = rerun.id)
            ORDER BY id FOR UPDATE SKIP LOCKED
            """).ToListAsync(cancellationToken);
        var whole = new Step(0, HasMoreToRead: false);

        foreach (var rerun in reruns)
        {
            var step = await AdvanceAsync(rerun, cancellationToken);
            whole = new Step(whole.Queued + step.Queued, whole.HasMoreToRead || step.HasMoreToRead);
        }

        await db.SaveChangesAsync(cancellationToken);
        return whole;
    }

    private async Task<Step> AdvanceAsync(Rerun rerun, CancellationToken cancellationToken)
    {
        await SettleAsync(rerun, cancellationToken);

        if (rerun.State is not RerunState.Running)
        {
            return new Step(0, HasMoreToRead: false);
        }

        var outstanding = await db.RerunImages.CountAsync(image => image.RerunId == rerun.Id, cancellationToken);
        var room = pace.MaxOutstanding - outstanding;
        var queued = room > 0 && rerun.Position < rerun.LastId ? await QueueAsync(rerun, room, cancellationToken) : 0;

        if (rerun.Position >= rerun.LastId && outstanding + queued is 0)
        {
            (rerun.State, rerun.EndedAt) = (RerunState.Done, clock.GetUtcNow());
        }

        return new Step(queued, HasMoreToRead: queued < room && rerun.Position < rerun.LastId);
    }

    /// <summary>Counts images whose analysis has ended, or was replaced, or that are deleted, or whose message no worker could handle.</summary>
    private async Task SettleAsync(Rerun rerun, CancellationToken cancellationToken)
    {
        var rows = await db.Database.SqlQuery<Settled>(
            $"""
            WITH ended AS (
                DELETE FROM rerun_images AS waiting WHERE rerun_id = {rerun.Id} AND NOT EXISTS (
                    SELECT FROM images AS image WHERE image.id = waiting.image_id AND image.deleted_at IS NULL
                        AND image.version = waiting.version AND image.analysis_request_id IS NOT NULL
                        AND NOT EXISTS (SELECT FROM dead_letters WHERE message_id = image.analysis_request_id::text))
                RETURNING waiting.image_id, waiting.version, waiting.request_id),
            outcome AS (
                SELECT EXISTS (
                        SELECT FROM images AS image
                        WHERE image.id = ended.image_id AND image.deleted_at IS NULL AND image.version = ended.version) AS is_current,
                    (SELECT attempt.outcome FROM analysis_attempts AS attempt
                        WHERE attempt.image_id = ended.image_id AND attempt.version = ended.version AND attempt.request_id >= ended.request_id
                        ORDER BY attempt.request_id DESC LIMIT 1) AS last
                FROM ended)
            SELECT count(*) FILTER (WHERE is_current AND last = 'analyzed') AS done,
                   count(*) FILTER (WHERE is_current AND last IS DISTINCT FROM 'analyzed') AS failed,
                   count(*) FILTER (WHERE NOT is_current) AS skipped
            FROM outcome
            """).ToListAsync(cancellationToken);
        var settled = rows.Single();

        rerun.Done += settled.Done;
        rerun.Failed += settled.Failed;
        rerun.Skipped += settled.Skipped;
    }

    private async Task<int> QueueAsync(Rerun rerun, int room, CancellationToken cancellationToken)
    {
        var page = await RerunFilter.From(rerun.Scope, rerun.Analyzer, rerun.UserId).TakeAsync(db, rerun.Position, rerun.LastId, room, cancellationToken);
        rerun.Position = page.Position;
        var images = await db.Images
            .FromSql($"SELECT * FROM images WHERE id = ANY({page.Ids}) ORDER BY id FOR UPDATE")
            .ToListAsync(cancellationToken);
        var queued = 0;

        foreach (var image in images.OrderBy(image => image.Id))
        {
            // Changed since the page was read: what waits now repeats the analysis as well.
            if (!image.HasContent || image.AnalysisRequestId is not null)
            {
                continue;
            }

            var request = dispatch.Repeat(image);
            db.Outbox.Add(OutboxMessage.From(request));
            db.RerunImages.Add(new RerunImage { RerunId = rerun.Id, ImageId = image.Id, Version = image.Version, RequestId = request.MessageId });
            queued++;
        }

        rerun.Queued += queued;
        return queued;
    }

    /// <param name="HasMoreToRead">Whether there is room for more images, and none was found yet.</param>
    private readonly record struct Step(int Queued, bool HasMoreToRead);

    private sealed class Settled
    {
        public long Done { get; init; }

        public long Failed { get; init; }

        public long Skipped { get; init; }
    }
}
