using BillionHearts.Api.Pipeline.Duplicates;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace BillionHearts.Api.Pipeline.Recognition;

/// <summary>Finds a user's images that look like one of them, apart from its near-duplicates.</summary>
internal sealed class LookAlikes(ImagesDbContext db)
{
    /// <summary>The score from which on pictures count as look-alikes: see ADR 22 for what each score finds.</summary>
    public const double DefaultScore = 0.8;

    /// <summary>How many of the images whose codes are nearest are compared exactly.</summary>
    private const int Compared = 300;

    // LATERAL fixes the plan: one look into the index for each cell. The model and the version are checked for the nearest only.
    private const string Query =
        """
        WITH nearest AS MATERIALIZED (
            SELECT image_id FROM unnest(@cells) AS looked_up (cell) CROSS JOIN LATERAL (
                SELECT image_id, code FROM image_looks WHERE user_id = @user AND cell = looked_up.cell OFFSET 0) AS candidate
            WHERE image_id <> @except
            ORDER BY bit_count(code # @code), image_id LIMIT @compared)
        SELECT look.image_id, look.embedding
        FROM nearest JOIN image_looks AS look ON look.image_id = nearest.image_id JOIN images AS image ON image.id = look.image_id
        WHERE image.deleted_at IS NULL AND image.user_id = @user AND image.version = look.version AND look.model = @model AND image.sha256 <> @sha256
          AND NOT (image.phash <> 0 AND @hash <> 0 AND bit_count((image.phash # @hash)::bit(64)) <= @distance)
        """;

    /// <param name="image">An image that was analysed.</param>
    /// <param name="minScore">Smallest cosine of the embeddings, 0 to 1.</param>
    /// <param name="maxDistance">Images whose hash differs in so many bits or fewer are near-duplicates, and left out.</param>
    /// <returns>The most alike first; none if the image was not recognised.</returns>
    public async Task<IReadOnlyList<LookAlike>> FindAsync(HashedImage image, double minScore, int maxDistance, int limit, CancellationToken cancellationToken)
    {
        var own = await db.ImageLooks.AsNoTracking()
            .Where(look => look.ImageId == image.Id && db.Images.Any(current => current.Id == look.ImageId && current.Version == look.Version))
            .SingleOrDefaultAsync(cancellationToken);

        if (own is null)
        {
            return [];
        }

        object[] parameters =
        [
            new NpgsqlParameter("user", image.UserId),
            new NpgsqlParameter("except", image.Id),
            new NpgsqlParameter("hash", image.Phash),
            new NpgsqlParameter("sha256", image.Sha256),
            new NpgsqlParameter("distance", maxDistance),
            new NpgsqlParameter("model", own.Model),
            new NpgsqlParameter("compared", Compared),
            new NpgsqlParameter("cells", LookCode.Cells(own.Embedding)),
            new NpgsqlParameter("code", NpgsqlDbType.Bit) { Value = own.Code },
        ];
        var nearest = await db.Database.SqlQueryRaw<Candidate>(Query, parameters).ToListAsync(cancellationToken);

        return [.. nearest
            .Select(candidate => new LookAlike(candidate.ImageId, Math.Round(LookCode.Cosine(own.Embedding, candidate.Embedding), 3)))
            .Where(found => found.Score >= minScore)
            .OrderByDescending(found => found.Score).ThenBy(found => found.Id)
            .Take(limit)];
    }

    private sealed record Candidate(long ImageId, byte[] Embedding);
}

/// <param name="Score">The cosine of the two embeddings, to three digits.</param>
internal sealed record LookAlike(long Id, double Score);
