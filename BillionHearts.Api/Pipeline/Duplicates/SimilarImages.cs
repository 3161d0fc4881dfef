using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Pipeline.Duplicates;

/// <summary>Finds a user's images whose perceptual hashes differ in few bits, and those with the same bytes.</summary>
internal sealed class SimilarImages(ImagesDbContext db)
{
    /// <summary>
    /// How many images with one value of a band are compared. Of 100,000 different pictures a few have the same; the limit bounds the time for a user who has one
    /// picture thousands of times, where it does not matter which copies are listed.
    /// </summary>
    private const int MaxWithValue = 1000;

    // Each band has its index (migration Duplicates), which has all columns that are read here. Each part finds its own nearest, so the nearest of all are among
    // them. PostgreSQL writes the expression of the index in the same way.
    private static readonly string s_query =
        $"""
        SELECT id, min(distance) AS distance, bool_or(is_exact) AS is_exact FROM (
        {string.Join("\nUNION ALL\n", Enumerable.Range(0, HashBands.Count).Select(NearestByBand))}
        UNION ALL
        (SELECT id, 0 AS distance, true AS is_exact FROM images
         WHERE user_id = @user AND deleted_at IS NULL AND sha256 = @sha256 AND phash IS NOT NULL AND id <> @except
         ORDER BY id LIMIT @limit)) AS found
        GROUP BY id ORDER BY 2, 1 LIMIT @limit
        """;

    /// <param name="image">An image that is analysed. A flat picture, whose hash is 0, is similar only to one with the same bytes.</param>
    /// <param name="maxDistance">Bits that may differ, 0 to <see cref="HashBands.MaxDistance"/>.</param>
    /// <returns>The nearest first; of those at the same distance, the oldest.</returns>
    public Task<List<SimilarImage>> FindAsync(HashedImage image, int maxDistance, int limit, CancellationToken cancellationToken)
    {
        object[] parameters =
        [
            new NpgsqlParameter("user", image.UserId),
            new NpgsqlParameter("hash", image.Phash),
            new NpgsqlParameter("sha256", image.Sha256),
            new NpgsqlParameter("except", image.Id),
            new NpgsqlParameter("distance", maxDistance),
            new NpgsqlParameter("limit", limit),
            .. Enumerable.Range(0, HashBands.Count).Select(band => new NpgsqlParameter(
                $"band{band}", image.Phash is 0 ? [] : HashBands.Values(image.Phash, band, maxDistance))),
        ];

        return db.Database.SqlQueryRaw<SimilarImage>(s_query, parameters).ToListAsync(cancellationToken);
    }

    // LATERAL and LIMIT also fix the plan: one look into the index for each value. PostgreSQL would overestimate how many images have one of many values, and
    // read the whole table instead.
    private static string NearestByBand(int band) =>
        $"""
        (SELECT id, bit_count((phash # @hash)::bit(64))::int AS distance, false AS is_exact
         FROM unnest(@band{band}) AS looked_up (band) CROSS JOIN LATERAL (
            SELECT id, phash FROM images
            WHERE user_id = @user AND deleted_at IS NULL AND phash <> 0 AND ((phash >> {HashBands.Shift(band)}) & 65535) = looked_up.band
            LIMIT {MaxWithValue}) AS candidate
         WHERE id <> @except AND bit_count((phash # @hash)::bit(64)) <= @distance
         ORDER BY 2, 1 LIMIT @limit)
        """;
}

/// <summary>What of an image its near-duplicates are found by.</summary>
internal sealed record HashedImage(long Id, long UserId, long Phash, byte[] Sha256);

/// <param name="Distance">How many bits of the two hashes differ.</param>
/// <param name="IsExact">Whether the two files have the same bytes.</param>
internal sealed record SimilarImage(long Id, int Distance, bool IsExact);
