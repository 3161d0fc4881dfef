namespace BillionHearts.Web.Backend.Operations;

/// <summary>Repeated analysis of many images.</summary>
internal sealed class RerunClient(HttpClient http)
{
    private const string Start = "/analysis/rerun";

    public Task<Answer<IReadOnlyList<Rerun>>> ListAsync(CancellationToken cancellationToken) => http.ReadAsync<IReadOnlyList<Rerun>>("/analysis/reruns", cancellationToken);

    public Task<Answer<Forecast>> ForecastAsync(RerunPlan plan, CancellationToken cancellationToken) =>
        http.AskAsync<Forecast>(HttpMethod.Post, $"{Start}?dry_run=true", plan, cancellationToken);

    public Task<string?> StartAsync(RerunPlan plan, CancellationToken cancellationToken) => http.ChangeAsync(HttpMethod.Post, Start, plan, cancellationToken);

    /// <param name="verb">pause, resume or cancel.</param>
    public Task<string?> ChangeAsync(long id, string verb, CancellationToken cancellationToken) =>
        http.ChangeAsync(HttpMethod.Post, $"/analysis/reruns/{id}/{verb}", body: null, cancellationToken);
}

/// <param name="Scope">all, failed or older_than.</param>
/// <param name="Analyzer">For older_than.</param>
public sealed record RerunPlan(string Scope, string? Analyzer, long? UserId);

/// <param name="ExpectedSeconds">Null if nothing was analysed in the last ten minutes.</param>
public sealed record Forecast(long Images, bool IsEstimate, double? ExpectedSeconds);

/// <param name="State">running, paused, done or cancelled.</param>
public sealed record Rerun(
    long Id, string Scope, string? Analyzer, long? UserId, string State, DateTime CreatedAt, DateTime? EndedAt, long Expected, bool IsEstimate, long Queued, long Done, long Failed,
    long Skipped, int Outstanding, double? RemainingSeconds)
{
    public bool IsActive => State is "running" or "paused";

    public long Ended => Done + Failed + Skipped;
}
