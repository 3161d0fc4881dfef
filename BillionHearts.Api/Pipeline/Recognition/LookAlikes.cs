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

    /// <summary>So many of the images whose codes are nearest contain the 20 that are most alike: see ADR 22.</summary>
    private const int Enough = 200;

    /// <summary>How many more than are asked for are looked up in one go, because some are left out.</summary>
    private const int Spare = 40;

    // LATERAL fixes the plan: one look into the index for each cell.
    private const string Codes =
        """
        SELECT image_id FROM unnest(@cells) AS looked_up (cell) CROSS JOIN LATERAL (
            SELECT image_id, code FROM image_looks WHERE user_id = @user AND cell = looked_up.cell OFFSET 0) AS candidate
        WHERE image_id <> @except ORDER BY bit_count(code # @code), image_id
        """;

    private const string IsShown =
        """
        image.deleted_at IS NULL AND image.user_id = @user AND image.sha256 <> @sha256
        AND NOT (image.phash <> 0 AND @hash <> 0 AND bit_count((image.phash # @hash)::bit(64)) <= @distance)
        """;

    // The rows of images are wide and far apart: they are read only of the few that are alike.
    private const string Nearest =
        $"SELECT image_id, embedding FROM image_looks WHERE model = @model AND image_id = ANY(ARRAY({Codes} LIMIT @compared))";

    // In the order of the codes, until there are enough.
    private const string NearestShown =
        $"""
        SELECT image_id, embedding FROM image_looks WHERE model = @model AND image_id = ANY(ARRAY(
            SELECT nearest.image_id FROM ({Codes} OFFSET 0) AS nearest
            CROSS JOIN LATERAL (SELECT FROM images AS image WHERE image.id = nearest.image_id AND {IsShown} OFFSET 0) AS shown LIMIT @compared))
        """;

    private const string Shown =
        $"""
        SELECT image.id AS "Value" FROM images AS image JOIN image_looks AS look ON look.image_id = image.id
        WHERE image.id = ANY(@ids) AND image.version = look.version AND {IsShown}
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

        var (found, leftOut) = await SearchAsync(Nearest);

        // Of a long series of near-duplicates the nearest are only these.
        return found.Count == limit || leftOut <= limit ? found : (await SearchAsync(NearestShown)).Found;

        async Task<(List<LookAlike> Found, int LeftOut)> SearchAsync(string query)
        {
            var alike = await CompareAsync(query, image, own, minScore, maxDistance, Enough + limit, cancellationToken);
            var (kept, others) = (new List<LookAlike>(), 0);

            foreach (var few in alike.Chunk(limit + Spare))
            {
                var shown = await ShownAsync([.. few.Select(one => one.Id)], image, maxDistance, cancellationToken);
                kept.AddRange(few.Where(one => shown.Contains(one.Id)));
                others += few.Length - shown.Count;

                if (kept.Count >= limit || (query is Nearest && others > limit))
                {
                    break;
                }
            }

            return ([.. kept.Take(limit)], others);
        }
    }

    /// <returns>Those of the nearest that are alike, the most alike first.</returns>
    private async Task<LookAlike[]> CompareAsync(
        string query, HashedImage image, ImageLook own, double minScore, int maxDistance, int compared, CancellationToken cancellationToken)
    {
        object[] parameters =
        [
            .. Parameters(image, maxDistance),
            new NpgsqlParameter("except", image.Id),
            new NpgsqlParameter("model", own.Model),
            new NpgsqlParameter("compared", compared),
            new NpgsqlParameter("cells", LookCode.Cells(own.Embedding)),
            new NpgsqlParameter("code", NpgsqlDbType.Bit) { Value = own.Code },
        ];
        var nearest = await db.Database.SqlQueryRaw<Candidate>(query, parameters).ToListAsync(cancellationToken);

        return [.. nearest
            .Select(candidate => new LookAlike(candidate.ImageId, Math.Round(LookCode.Cosine(own.Embedding, candidate.Embedding), 3)))
            .Where(found => found.Score >= minScore)
            .OrderByDescending(found => found.Score).ThenBy(found => found.Id)];
    }

    /// <returns>Those that exist in the version that was recognised, and are no near-duplicates.</returns>
    private Task<HashSet<long>> ShownAsync(long[] ids, HashedImage image, int maxDistance, CancellationToken cancellationToken) =>
        db.Database.SqlQueryRaw<long>(Shown, [.. Parameters(image, maxDistance), new NpgsqlParameter("ids", ids)]).ToHashSetAsync(cancellationToken);

    private static NpgsqlParameter[] Parameters(HashedImage image, int maxDistance) =>
        [new("user", image.UserId), new("hash", image.Phash), new("sha256", image.Sha256), new("distance", maxDistance)];

    private sealed record Candidate(long ImageId, byte[] Embedding);
}

/// <param name="Score">The cosine of the two embeddings, to three digits.</param>
internal sealed record LookAlike(long Id, double Score);
