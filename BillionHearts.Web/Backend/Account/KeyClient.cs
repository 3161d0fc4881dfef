namespace BillionHearts.Web.Backend.Account;

/// <summary>The user's API keys.</summary>
internal sealed class KeyClient(HttpClient http)
{
    public Task<Answer<IReadOnlyList<ApiKey>>> ListAsync(long userId, CancellationToken cancellationToken) =>
        http.ReadAsync<IReadOnlyList<ApiKey>>($"/users/{userId}/keys", cancellationToken);

    /// <param name="expiresIn">Seconds; null for a key that is valid until it is revoked.</param>
    public Task<Answer<NewApiKey>> CreateAsync(long userId, string name, IReadOnlyList<string> scopes, long? expiresIn, CancellationToken cancellationToken) =>
        http.AskAsync<NewApiKey>(HttpMethod.Post, $"/users/{userId}/keys", new { name, scopes, expires_in = expiresIn }, cancellationToken);

    public Task<string?> RevokeAsync(long userId, long key, CancellationToken cancellationToken) =>
        http.ChangeAsync(HttpMethod.Delete, $"/users/{userId}/keys/{key}", body: null, cancellationToken);
}

public sealed record ApiKey(long Id, string Name, IReadOnlyList<string> Scopes, DateTime CreatedAt, DateTime? ExpiresAt);

/// <param name="Key">Shown only once.</param>
public sealed record NewApiKey(long Id, string Name, string Key);
