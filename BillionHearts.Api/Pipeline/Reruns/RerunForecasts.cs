using BillionHearts.Api.Pipeline.Watch;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Pipeline.Reruns;

/// <summary>Says how many images a re-run would repeat and how long that takes.</summary>
internal sealed class RerunForecasts(ImagesDbContext db, AnalysisRate rate, IOptions<RerunOptions> options)
{
    /// <summary>A table of up to so many rows is counted. In a larger one, about as many rows are looked at and the result is scaled.</summary>
    private const int MaxCounted = 50_000;

    public async Task<RerunForecast> EstimateAsync(RerunRequest request, CancellationToken cancellationToken)
    {
        var (images, isEstimate) = await CountAsync(request, cancellationToken);

        return new RerunForecast(images, isEstimate, await SecondsAsync(images, cancellationToken));
    }

    /// <returns><see langword="null"/> if nothing was analysed in the last ten minutes.</returns>
    public async Task<double?> SecondsAsync(long images, CancellationToken cancellationToken) =>
        await rate.MeasureAsync(cancellationToken) is { } pace
            // No faster than the feeder.
            ? Math.Round(images * Math.Max(pace.SecondsPerImage, RerunFeeder.Period.TotalSeconds / options.Value.MaxOutstanding))
            : null;

    private async Task<(long Images, bool IsEstimate)> CountAsync(RerunRequest request, CancellationToken cancellationToken)
    {
        var filter = RerunFilter.From(request.Scope, request.Analyzer, request.UserId);

        // The planner's own figure, from the last ANALYZE; -1 before the first.
        var rows = await db.Database.SqlQuery<double>($"SELECT reltuples::float8 AS \"Value\" FROM pg_class WHERE oid = 'images'::regclass").SingleAsync(cancellationToken);

        // A user's images are found by an index.
        if (rows <= MaxCounted || request.UserId is not null)
        {
            return (await filter.CountAsync(db, cancellationToken), false);
        }

        var (found, read) = await filter.SampleAsync(db, percent: 100.0 * MaxCounted / rows, cancellationToken);
        return (read is 0 ? 0 : (long)Math.Round(rows * found / read), true);
    }
}
