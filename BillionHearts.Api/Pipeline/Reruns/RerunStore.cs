using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Reruns;

/// <summary>Starts, shows, pauses, resumes and cancels re-runs.</summary>
internal sealed class RerunStore(ImagesDbContext db, RerunForecasts forecasts, AuditTrail audit)
{
    public const int MaxListed = 100;

    /// <summary>An arbitrary number that must be the same in every release: all replicas use it for the lock.</summary>
    private const long StartLock = 0x62_68_72_65_72_75;

    private static readonly Problem s_notFound = new(404, "rerun-not-found", "Not found", "Re-run not found");

    public async Task<Outcome<RerunResponse>> StartAsync(RerunRequest request, long? operatorId, string address, CancellationToken cancellationToken)
    {
        // Outside of the transaction, because it may take seconds.
        var forecast = await forecasts.EstimateAsync(request, cancellationToken);

        var started = await db.InTransactionAsync<Outcome<Rerun>>(
            async cancel =>
            {
                await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({StartLock})", cancel);

                if (await db.Reruns.Where(rerun => rerun.State == RerunState.Running || rerun.State == RerunState.Paused)
                    .Select(rerun => (long?)rerun.Id).FirstOrDefaultAsync(cancel) is { } active)
                {
                    return new Problem(409, "rerun-active", "Conflict", $"Re-run {active} has not ended. Cancel it, or wait until it is done.");
                }

                var rerun = new Rerun
                {
                    Scope = request.Scope,
                    Analyzer = request.Analyzer,
                    UserId = request.UserId,
                    State = RerunState.Running,
                    Expected = forecast.Images,
                    IsEstimate = forecast.IsEstimate,
                    LastId = await db.Images.MaxAsync(image => (long?)image.Id, cancel) ?? 0,
                };
                db.Reruns.Add(rerun);
                await db.SaveChangesAsync(cancel);
                await WriteAsync(operatorId, AuditAction.RerunStarted, rerun.Id, address, cancel);
                return rerun;
            },
            cancellationToken);

        return started.TryGet(out var rerun, out var refusal) ? await ShowAsync(rerun, cancellationToken) : refusal;
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<RerunResponse>> ListAsync(CancellationToken cancellationToken)
    {
        var reruns = await db.Reruns.AsNoTracking().OrderByDescending(rerun => rerun.Id).Take(MaxListed).ToListAsync(cancellationToken);
        var shown = new List<RerunResponse>(reruns.Count);

        foreach (var rerun in reruns)
        {
            shown.Add(await ShowAsync(rerun, cancellationToken));
        }

        return shown;
    }

    public async Task<Outcome<RerunResponse>> FindAsync(long id, CancellationToken cancellationToken) =>
        await db.Reruns.AsNoTracking().SingleOrDefaultAsync(rerun => rerun.Id == id, cancellationToken) is { } found
            ? await ShowAsync(found, cancellationToken)
            : s_notFound;

    /// <summary>Changes the state. Waits for the feeder's current step, so no image is queued after a pause has returned.</summary>
    /// <param name="from">The states that allow it.</param>
    public async Task<Outcome<RerunResponse>> ChangeAsync(
        long id, string[] from, string to, string action, long? operatorId, string address, CancellationToken cancellationToken)
    {
        var changed = await db.InTransactionAsync<Outcome<Rerun>>(
            async cancel =>
            {
                if (await db.Reruns.FromSql($"SELECT * FROM reruns WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(cancel) is not { } rerun)
                {
                    return s_notFound;
                }

                if (rerun.State == to)
                {
                    return rerun;
                }

                if (!from.Contains(rerun.State))
                {
                    return new Problem(409, "rerun-state", "Conflict", $"The re-run is {rerun.State}. It can become {to} only while it is {string.Join(" or ", from)}.");
                }

                rerun.State = to;
                rerun.EndedAt = to is RerunState.Cancelled ? await db.Database.SqlQuery<DateTimeOffset>($"SELECT now() AS \"Value\"").SingleAsync(cancel) : null;
                await db.SaveChangesAsync(cancel);
                await WriteAsync(operatorId, action, rerun.Id, address, cancel);
                return rerun;
            },
            cancellationToken);

        return changed.TryGet(out var found, out var refusal) ? await ShowAsync(found, cancellationToken) : refusal;
    }

    private async Task WriteAsync(long? operatorId, string action, long id, string address, CancellationToken cancellationToken)
    {
        if (operatorId is { } actor)
        {
            await audit.WriteAsync(actor, action, id, address, cancellationToken);
        }
    }

    private async Task<RerunResponse> ShowAsync(Rerun rerun, CancellationToken cancellationToken)
    {
        var outstanding = await db.RerunImages.CountAsync(image => image.RerunId == rerun.Id, cancellationToken);
        var left = Math.Max(0, rerun.Expected - rerun.Queued) + outstanding;

        return new RerunResponse
        {
            Id = rerun.Id,
            Scope = rerun.Scope,
            Analyzer = rerun.Analyzer,
            UserId = rerun.UserId,
            State = rerun.State,
            CreatedAt = rerun.CreatedAt.UtcDateTime,
            EndedAt = rerun.EndedAt?.UtcDateTime,
            Expected = rerun.Expected,
            IsEstimate = rerun.IsEstimate,
            Queued = rerun.Queued,
            Done = rerun.Done,
            Failed = rerun.Failed,
            Skipped = rerun.Skipped,
            Outstanding = outstanding,
            RemainingSeconds = rerun.State is RerunState.Running ? await forecasts.SecondsAsync(left, cancellationToken) : null,
        };
    }
}
