namespace BillionHearts.Web.Backend.Operations;

/// <summary>What a new analyser would change.</summary>
internal sealed class ComparisonClient(HttpClient http)
{
    private const string Root = "/analysis/comparisons";

    public Task<Answer<IReadOnlyList<Comparison>>> ListAsync(CancellationToken cancellationToken) => http.ReadAsync<IReadOnlyList<Comparison>>(Root, cancellationToken);

    public Task<Answer<Comparison>> FindAsync(long id, CancellationToken cancellationToken) => http.ReadAsync<Comparison>($"{Root}/{id}", cancellationToken);

    public Task<Answer<Comparison>> StartAsync(long? sample, string? analyzer, long? userId, CancellationToken cancellationToken) =>
        http.AskAsync<Comparison>(HttpMethod.Post, Root, new { sample, analyzer, user_id = userId }, cancellationToken);

    public Task<string?> CancelAsync(long id, CancellationToken cancellationToken) => http.ChangeAsync(HttpMethod.Post, $"{Root}/{id}/cancel", body: null, cancellationToken);
}

/// <param name="State">running, done or cancelled.</param>
/// <param name="Report">Null in lists.</param>
public sealed record Comparison(
    long Id, string? Analyzer, long? UserId, string State, DateTime CreatedAt, DateTime? EndedAt, int Sample, int Compared, int Failed, int Skipped, int Pending, ComparisonReport? Report);

public sealed record ComparisonReport(
    int Changed, IReadOnlyList<AnalyzerPair> Analyzers, ComparedSeconds Seconds, IReadOnlyList<ComparedField> Fields, IReadOnlyList<NotCompared> NotCompared,
    IReadOnlyList<DifferentImage> MostDifferent);

public sealed record AnalyzerPair(string? Old, string? New, int Images);

/// <summary>Of one image. Null if nothing is known.</summary>
public sealed record ComparedSeconds(double? OldMedian, double? OldP95, double? NewMedian, double? NewP95);

/// <param name="Share">Of the compared images, 0 to 1.</param>
public sealed record ComparedField(string Field, int Changed, int Added, int Lost, double Share, double? Median, double? P95, double? Max);

public sealed record NotCompared(string State, string? Reason, int Images);

public sealed record DifferentImage(long ImageId, IReadOnlyList<FieldDifference> Differences);

public sealed record FieldDifference(string Field, string Kind, double? Change, string? Old, string? New);
