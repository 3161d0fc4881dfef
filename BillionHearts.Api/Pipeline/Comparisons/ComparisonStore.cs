using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Pipeline.Reruns;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Comparisons;

/// <summary>Starts, shows and cancels comparisons.</summary>
internal sealed class ComparisonStore(ImagesDbContext db, AuditTrail audit)
{
    public const int MaxListed = 100;

    /// <summary>An arbitrary number that must be the same in every release: all replicas use it for the lock.</summary>
    private const long StartLock = 0x62_68_63_6F_6D_70;

    private static readonly Problem s_notFound = new(404, "comparison-not-found", "Not found", "Comparison not found");

    private static readonly Problem s_noImages = new(409, "nothing-to-compare", "Conflict", "No analysed image is selected, so there is nothing to compare.");

    public async Task<Outcome<ComparisonResponse>> StartAsync(ComparisonRequest request, long? operatorId, string address, CancellationToken cancellationToken)
    {
        // Outside of the transaction, because it may take seconds.
        var sample = await RerunFilter.From(request.Analyzer is null ? RerunScope.All : RerunScope.OlderThan, request.Analyzer, request.UserId)
            .DrawAsync(db, request.Sample, cancellationToken);

        if (sample.Length is 0)
        {
            return s_noImages;
        }

        var started = await db.InTransactionAsync<Outcome<Comparison>>(
            async cancel =>
            {
                await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({StartLock})", cancel);

                if (await db.Comparisons.Where(one => one.State == ComparisonState.Running).Select(one => (long?)one.Id).FirstOrDefaultAsync(cancel) is { } active)
                {
                    return new Problem(409, "comparison-active", "Conflict", $"Comparison {active} has not ended. Cancel it, or wait until it is done.");
                }

                var comparison = new Comparison { Analyzer = request.Analyzer, UserId = request.UserId, State = ComparisonState.Running };
                db.Comparisons.Add(comparison);
                await db.SaveChangesAsync(cancel);
                await AddImagesAsync(comparison.Id, sample, cancel);
                await WriteAsync(operatorId, AuditAction.ComparisonStarted, comparison.Id, address, cancel);
                return comparison;
            },
            cancellationToken);

        return started.TryGet(out var comparison, out var refusal) ? await ShowAsync(comparison, withReport: true, cancellationToken) : refusal;
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<ComparisonResponse>> ListAsync(CancellationToken cancellationToken)
    {
        var comparisons = await db.Comparisons.AsNoTracking().OrderByDescending(one => one.Id).Take(MaxListed).ToListAsync(cancellationToken);
        var shown = new List<ComparisonResponse>(comparisons.Count);

        foreach (var comparison in comparisons)
        {
            shown.Add(await ShowAsync(comparison, withReport: false, cancellationToken));
        }

        return shown;
    }

    public async Task<Outcome<ComparisonResponse>> FindAsync(long id, CancellationToken cancellationToken) =>
        await db.Comparisons.AsNoTracking().SingleOrDefaultAsync(one => one.Id == id, cancellationToken) is { } found
            ? await ShowAsync(found, withReport: true, cancellationToken)
            : s_notFound;

    /// <summary>What was compared stays. One image may still be under way.</summary>
    public async Task<Outcome<ComparisonResponse>> CancelAsync(long id, long? operatorId, string address, CancellationToken cancellationToken)
    {
        await db.InTransactionAsync(
            async cancel =>
            {
                var changed = await db.Database.ExecuteSqlAsync(
                    $"UPDATE comparisons SET state = {ComparisonState.Cancelled}, ended_at = now() WHERE id = {id} AND state = {ComparisonState.Running}", cancel);

                if (changed > 0)
                {
                    await WriteAsync(operatorId, AuditAction.ComparisonCancelled, id, address, cancel);
                }

                return changed;
            },
            cancellationToken);

        return await FindAsync(id, cancellationToken) switch
        {
            var outcome when outcome.TryGet(out var found, out _) && found.State is ComparisonState.Done =>
                new Problem(409, "comparison-state", "Conflict", "The comparison is done. Only a running one can be cancelled."),
            var outcome => outcome,
        };
    }

    private Task<int> AddImagesAsync(long comparison, long[] sample, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        INSERT INTO comparison_images (comparison_id, image_id, version, state, attempts, old_analyzer, old_seconds)
        SELECT {comparison}, image.id, image.version, {TrialState.Pending}, 0, image.analysis->>'analyzer', (
            SELECT extract(epoch FROM attempt.finished_at - attempt.started_at) FROM analysis_attempts AS attempt
            WHERE attempt.image_id = image.id AND attempt.version = image.version AND attempt.outcome = 'analyzed' ORDER BY attempt.request_id DESC LIMIT 1)
        FROM images AS image WHERE image.id = ANY({sample}) AND image.deleted_at IS NULL ORDER BY image.id
        """,
        cancellationToken);

    private async Task WriteAsync(long? operatorId, string action, long id, string address, CancellationToken cancellationToken)
    {
        if (operatorId is { } actor)
        {
            await audit.WriteAsync(actor, action, id, address, cancellationToken);
        }
    }

    private async Task<ComparisonResponse> ShowAsync(Comparison comparison, bool withReport, CancellationToken cancellationToken)
    {
        var images = await db.ComparisonImages.AsNoTracking().Where(image => image.ComparisonId == comparison.Id)
            .Select(image => withReport ? image : new ComparisonImage { ComparisonId = image.ComparisonId, ImageId = image.ImageId, Version = image.Version, State = image.State })
            .ToListAsync(cancellationToken);
        int Count(string state) => images.Count(image => image.State == state);

        return new ComparisonResponse
        {
            Id = comparison.Id,
            Analyzer = comparison.Analyzer,
            UserId = comparison.UserId,
            State = comparison.State,
            CreatedAt = comparison.CreatedAt.UtcDateTime,
            EndedAt = comparison.EndedAt?.UtcDateTime,
            Sample = images.Count,
            Compared = Count(TrialState.Compared),
            Failed = Count(TrialState.Failed),
            Skipped = Count(TrialState.Skipped),
            Pending = Count(TrialState.Pending),
            Report = withReport ? ComparisonSummary.Of(images) : null,
        };
    }
}
