using BillionHearts.Api.Pipeline.Watch;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Pipeline.Reruns;

/// <summary>Says how many images a re-run would repeat and how long that takes.</summary>
internal sealed class RerunForecasts(ImagesDbContext db, AnalysisRate rate, IOptions<RerunOptions> options)
{
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

        // A user's images are found by an index.
        if (request.UserId is not null || await TableSample.PercentAsync(db, cancellationToken) is not (< 100 and var percent))
        {
            return (await filter.CountAsync(db, cancellationToken), false);
        }

        var found = await filter.CountSampleAsync(db, percent, cancellationToken);
        return ((long)Math.Round(found * 100 / percent), true);
    }
}
