using System.Text.Json;
using BillionHearts.Api.Pipeline.Reruns;
using BillionHearts.Api.Platform.Data;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Comparisons;

/// <summary>
/// Moves a comparison on by one image: one replica claims it, asks a worker, and stores the difference. Nothing else is written, so an image shows nothing of it. While
/// uploads are slow, it takes one image a second.
/// </summary>
internal sealed partial class ComparisonRunner(ImagesDbContext db, Trials trials, FeedPace pace, ILogger<ComparisonRunner> logger) : IRecurringJob
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>How often a worker may be unable to answer before an image is skipped: a minute or two in all.</summary>
    public const int MaxAttempts = 10;

    /// <summary>Longer than a worker is waited for, so that a second replica does not take the same image.</summary>
    private static readonly TimeSpan s_lease = Trials.Patience + TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(10);

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        if (await ClaimAsync(cancellationToken) is not { } comparison)
        {
            return NextRun.WhenDue;
        }

        try
        {
            var isMoved = await MoveOnAsync(comparison, cancellationToken);
            return isMoved && pace.MaxOutstanding > 1 ? NextRun.AtOnce : NextRun.WhenDue;
        }
        finally
        {
            await db.Database.ExecuteSqlAsync($"UPDATE comparisons SET claimed_until = NULL WHERE id = {comparison}", CancellationToken.None);
        }
    }

    private async Task<long?> ClaimAsync(CancellationToken cancellationToken)
    {
        var claimed = await db.Database.SqlQuery<long>(
            $"""
            UPDATE comparisons SET claimed_until = now() + {s_lease} WHERE id = (
                SELECT id FROM comparisons WHERE state = {ComparisonState.Running} AND (claimed_until IS NULL OR claimed_until <= now())
                ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id AS "Value"
            """).ToListAsync(cancellationToken);

        return claimed is [var id] ? id : null;
    }

    /// <returns>Whether an image was dealt with.</returns>
    private async Task<bool> MoveOnAsync(long comparison, CancellationToken cancellationToken)
    {
        var next = await db.ComparisonImages
            .FromSql(
                $"""
                SELECT * FROM comparison_images WHERE comparison_id = {comparison} AND state = {TrialState.Pending} AND due_at <= now()
                ORDER BY due_at, image_id LIMIT 1
                """)
            .AsNoTracking().SingleOrDefaultAsync(cancellationToken);

        if (next is null)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE comparisons SET state = {ComparisonState.Done}, ended_at = now() WHERE id = {comparison} AND state = {ComparisonState.Running}
                    AND NOT EXISTS (SELECT FROM comparison_images WHERE comparison_id = {comparison} AND state = {TrialState.Pending})
                """,
                cancellationToken);
            return false;
        }

        var image = await db.Images.AsNoTracking().SingleOrDefaultAsync(one => one.Id == next.ImageId, cancellationToken);

        if (image is not { Analysis: { } stored } || image.Version != next.Version || stored.Analyzer != next.OldAnalyzer)
        {
            return await EndAsync(next, TrialState.Skipped, "changed", cancellationToken);
        }

        var answer = await trials.AskAsync(image, cancellationToken);

        if (answer.Result is { } result)
        {
            var differences = JsonSerializer.Serialize(AnalysisDifference.Between(stored, result.Analysis));
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE comparison_images SET state = {TrialState.Compared}, new_analyzer = {result.Analysis.Analyzer}, new_seconds = {result.Seconds}, differences = {differences}::jsonb
                WHERE comparison_id = {next.ComparisonId} AND image_id = {next.ImageId}
                """,
                cancellationToken);
            return true;
        }

        if (answer.Failure is { } failure)
        {
            return await EndAsync(next, TrialState.Failed, failure.Reason, cancellationToken);
        }

        Log.Unanswered(logger, comparison, next.ImageId, answer.Unavailable ?? "");
        return next.Attempts + 1 < MaxAttempts ? await PostponeAsync(next, cancellationToken) : await EndAsync(next, TrialState.Skipped, "unavailable", cancellationToken);
    }

    private async Task<bool> EndAsync(ComparisonImage image, string state, string reason, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlAsync(
            $"UPDATE comparison_images SET state = {state}, reason = {reason} WHERE comparison_id = {image.ComparisonId} AND image_id = {image.ImageId}", cancellationToken);
        return true;
    }

    /// <summary>The others go first, once a second.</summary>
    private async Task<bool> PostponeAsync(ComparisonImage image, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE comparison_images SET attempts = attempts + 1, due_at = now() + {s_retryAfter}
            WHERE comparison_id = {image.ComparisonId} AND image_id = {image.ImageId}
            """,
            cancellationToken);
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Comparison {ComparisonId}: no worker analysed image {ImageId}: {Reason}")]
        public static partial void Unanswered(ILogger logger, long comparisonId, long imageId, string reason);
    }
}
