namespace BillionHearts.Web.Backend;

/// <summary>The user's sessions, in all browsers.</summary>
internal sealed class SessionClient(HttpClient http)
{
    public async Task<Answer<IReadOnlyList<UserSession>>> ListAsync(long userId, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync($"/users/{userId}/sessions", cancellationToken);
        return await Answer<IReadOnlyList<UserSession>>.ReadAsync(response, cancellationToken);
    }

    /// <summary>Ends the session that calls, if the api answers.</summary>
    public async Task EndCurrentAsync(long userId, CancellationToken cancellationToken)
    {
        try
        {
            if ((await ListAsync(userId, cancellationToken)).Value?.FirstOrDefault(session => session.Current) is { } current)
            {
                using var ended = await http.DeleteAsync($"/users/{userId}/sessions/{current.Id}", cancellationToken);
            }
        }
        catch (HttpRequestException)
        {
            // The session then ends by itself when it has not been used for a month.
        }
    }
}

internal sealed record UserSession(long Id, string Client, DateTime CreatedAt, DateTime LastUsedAt, bool Current);
