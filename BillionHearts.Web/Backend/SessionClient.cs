namespace BillionHearts.Web.Backend;

/// <summary>The user's sessions, in all browsers.</summary>
internal sealed class SessionClient(HttpClient http)
{
    public Task<Answer<IReadOnlyList<UserSession>>> ListAsync(long userId, CancellationToken cancellationToken) =>
        http.ReadAsync<IReadOnlyList<UserSession>>($"/users/{userId}/sessions", cancellationToken);

    /// <returns>Why not, in words for the user; null if it has ended.</returns>
    public Task<string?> EndAsync(long userId, long session, CancellationToken cancellationToken) =>
        http.ChangeAsync(HttpMethod.Delete, $"/users/{userId}/sessions/{session}", body: null, cancellationToken);

    /// <summary>Ends the session that calls, if the api answers.</summary>
    public async Task EndCurrentAsync(long userId, CancellationToken cancellationToken)
    {
        try
        {
            if ((await ListAsync(userId, cancellationToken)).Value?.FirstOrDefault(session => session.Current) is { } current)
            {
                await EndAsync(userId, current.Id, cancellationToken);
            }
        }
        catch (HttpRequestException)
        {
            // The session then ends by itself when it has not been used for a month.
        }
    }
}

internal sealed record UserSession(long Id, string? Client, DateTime CreatedAt, DateTime LastUsedAt, bool Current);
