using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Watch;

/// <summary>How fast images are analysed at the moment, from the results that all replicas have stored.</summary>
internal sealed class AnalysisRate(ImagesDbContext db)
{
    /// <summary>Older results say nothing about the present.</summary>
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(10);

    private const int MaxResults = 100;

    /// <returns><see langword="null"/> if there was no result in the last ten minutes.</returns>
    public async Task<AnalysisPace?> MeasureAsync(CancellationToken cancellationToken)
    {
        var rows = await db.Database.SqlQuery<Row>(
            $"""
            WITH recent AS (
                SELECT request_id, received_at FROM inbox WHERE received_at > now() - {s_window} ORDER BY received_at DESC LIMIT {MaxResults})
            SELECT count(*) AS results,
                   coalesce(extract(epoch FROM now() - min(recent.received_at)), 0)::float8 AS span,
                   coalesce(avg(greatest(extract(epoch FROM attempt.finished_at - attempt.started_at), 0)), 0)::float8 AS duration
            FROM recent JOIN analysis_attempts AS attempt USING (request_id)
            """)
            .ToListAsync(cancellationToken);
        var row = rows.Single();

        // The time between two results is that of the workers only while they have enough to do. It is never longer than one worker takes for one image.
        return row.Results is 0 ? null : new AnalysisPace(Math.Min(row.Span / row.Results, row.Duration), row.Duration);
    }

    private sealed class Row
    {
        public long Results { get; init; }

        public double Span { get; init; }

        public double Duration { get; init; }
    }
}

/// <param name="SecondsPerImage">From one result to the next, by all workers together while they are busy.</param>
/// <param name="Duration">Seconds of one attempt.</param>
internal sealed record AnalysisPace(double SecondsPerImage, double Duration);
