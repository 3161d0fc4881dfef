using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Reruns;

/// <summary>
/// The SQL that selects the images of a re-run. No index serves it: a re-run reads the images once, in the order of their ids, while an index by analyser
/// would cost a write with each analysis. Images that wait for an analysis anyway are left out.
/// </summary>
internal sealed record RerunFilter(string Scope, string Name, int Version, long? UserId)
{
    /// <summary>Rows that one query reads at most, whether or not they match.</summary>
    public const int PageSize = 2000;

    // {0}: scope, {1} and {2}: name and version of the analyser.
    private const string IsMatch =
        """
        version > 0 AND deleted_at IS NULL AND analysis_request_id IS NULL AND CASE {0}
            WHEN 'all' THEN true
            WHEN 'failed' THEN status = 'failed'
            ELSE coalesce(split_part(analysis->>'analyzer', '/', 1) = {1} AND substring(analysis->>'analyzer' FROM '/([0-9]+)$')::numeric < {2}, false) END
        """;

    private const string Count = $"SELECT count(*) AS \"Value\" FROM images WHERE {IsMatch}";
    private const string CountOfUser = $"WITH page AS MATERIALIZED (SELECT * FROM images WHERE user_id = {{3}} AND deleted_at IS NULL) SELECT count(*) AS \"Value\" FROM page WHERE {IsMatch}";
    private const string Sample = $"SELECT count(*) AS \"Value\" FROM images TABLESAMPLE SYSTEM ({{3}}::real) WHERE {IsMatch}";
    private const string Draw = $"SELECT id AS \"Value\" FROM images TABLESAMPLE SYSTEM ({{3}}::real) WHERE status = 'analyzed' AND {IsMatch} ORDER BY random() LIMIT {{4}}";
    private const string DrawOfUser =
        $"WITH page AS MATERIALIZED (SELECT * FROM images WHERE user_id = {{3}} AND deleted_at IS NULL) SELECT id AS \"Value\" FROM page WHERE status = 'analyzed' AND {IsMatch} ORDER BY random() LIMIT {{4}}";
    private const string Page = $"WITH page AS MATERIALIZED (SELECT * FROM images WHERE id > {{3}} AND id <= {{4}} ORDER BY id LIMIT {{5}}) {OfPage}";

    // The ids from an index of visible images by user, the rows by their ids. Otherwise PostgreSQL would walk through all users' images.
    private const string PageOfUser =
        $$"""
        WITH own AS MATERIALIZED (SELECT id FROM images WHERE user_id = {6} AND deleted_at IS NULL),
            page AS MATERIALIZED (
                SELECT image.* FROM (SELECT id FROM own WHERE id > {3} AND id <= {4} ORDER BY id LIMIT {5}) AS next JOIN images AS image USING (id))
        {{OfPage}}
        """;

    private const string OfPage = $"SELECT id, {IsMatch} AS is_match FROM page";

    public static RerunFilter From(string scope, string? analyzer, long? userId)
    {
        var version = analyzer is null ? null : AnalyzerVersion.TryParse(analyzer);
        return new RerunFilter(scope, version?.Name ?? "", version?.Version ?? 0, userId);
    }

    public Task<long> CountAsync(ImagesDbContext db, CancellationToken cancellationToken) => (UserId is { } user
        ? db.Database.SqlQueryRaw<long>(CountOfUser, Scope, Name, Version, user)
        : db.Database.SqlQueryRaw<long>(Count, Scope, Name, Version)).SingleAsync(cancellationToken);

    /// <returns>How many rows of randomly chosen pages match.</returns>
    public Task<long> CountSampleAsync(ImagesDbContext db, double percent, CancellationToken cancellationToken) =>
        db.Database.SqlQueryRaw<long>(Sample, Scope, Name, Version, percent).SingleAsync(cancellationToken);

    /// <summary>Draws analysed images at random: from all of a user's, or of a large table from randomly chosen pages.</summary>
    /// <returns>Their ids, at most so many.</returns>
    public async Task<long[]> DrawAsync(ImagesDbContext db, int count, CancellationToken cancellationToken)
    {
        var drawn = UserId is { } user
            ? db.Database.SqlQueryRaw<long>(DrawOfUser, Scope, Name, Version, user, count)
            : db.Database.SqlQueryRaw<long>(Draw, Scope, Name, Version, await TableSample.PercentAsync(db, cancellationToken), count);

        return await drawn.ToArrayAsync(cancellationToken);
    }

    /// <summary>The next matching ids after a position, at most so many. May find none before the end.</summary>
    public async Task<RerunPage> TakeAsync(ImagesDbContext db, long after, long last, int limit, CancellationToken cancellationToken)
    {
        var rows = await (UserId is { } user
            ? db.Database.SqlQueryRaw<PageRow>(PageOfUser, Scope, Name, Version, after, last, PageSize, user)
            : db.Database.SqlQueryRaw<PageRow>(Page, Scope, Name, Version, after, last, PageSize)).ToListAsync(cancellationToken);

        rows.Sort((one, other) => one.Id.CompareTo(other.Id));
        long[] matches = [.. rows.Where(row => row.IsMatch).Select(row => row.Id).Take(limit)];

        return new RerunPage(matches, matches.Length == limit ? matches[^1] : rows.Count < PageSize ? last : rows[^1].Id);
    }

    private sealed class PageRow
    {
        public long Id { get; init; }

        public bool IsMatch { get; init; }
    }
}

/// <param name="Ids">Ascending.</param>
/// <param name="Position">Where to continue.</param>
internal sealed record RerunPage(long[] Ids, long Position);
