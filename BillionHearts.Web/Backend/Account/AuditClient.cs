namespace BillionHearts.Web.Backend.Account;

/// <summary>What was done in the user's name.</summary>
internal sealed class AuditClient(HttpClient http)
{
    /// <summary>As the api has it.</summary>
    public const int PageSize = 100;

    /// <param name="before">The last id of the page before; null for the newest.</param>
    public Task<Answer<IReadOnlyList<AuditEntry>>> ListAsync(long userId, long? before, CancellationToken cancellationToken) =>
        http.ReadAsync<IReadOnlyList<AuditEntry>>($"/users/{userId}/audit{(before is null ? "" : $"?before={before}")}", cancellationToken);
}

/// <param name="Subject">The id of what was changed.</param>
public sealed record AuditEntry(long Id, DateTime At, string Action, long? Subject, string? Address);
