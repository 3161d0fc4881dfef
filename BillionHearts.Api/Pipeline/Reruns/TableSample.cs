using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Reruns;

/// <summary>How much of the images' table a question about all of them reads.</summary>
internal static class TableSample
{
    /// <summary>A table of up to so many bytes is read whole: about 50,000 images. Of a larger one, pages of about as many bytes are chosen at random.</summary>
    public const long MaxRead = 100L * 1024 * 1024;

    /// <returns>100 for the whole table. By its size and not by the planner's count of rows, which is unknown (-1) before the first ANALYZE.</returns>
    public static async Task<double> PercentAsync(ImagesDbContext db, CancellationToken cancellationToken) =>
        Percent(await db.Database.SqlQuery<long>($"SELECT pg_relation_size('images') AS \"Value\"").SingleAsync(cancellationToken));

    internal static double Percent(long bytes) => bytes <= MaxRead ? 100 : 100.0 * MaxRead / bytes;
}
