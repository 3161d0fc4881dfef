namespace BillionHearts.Web.Backend;

/// <summary>The api's sign-in (RFC 6749). It needs no token itself.</summary>
internal sealed class TokenClient(HttpClient http)
{
    /// <summary>Opens a session.</summary>
    /// <param name="password">Null in Development, where any user can be chosen.</param>
    /// <param name="client">What the list of sessions shows.</param>
    public Task<Answer<TokenResponse>> OpenAsync(string username, string? password, string client, CancellationToken cancellationToken) => AskAsync(
        [
            new("grant_type", password is null ? "development" : "password"),
            new("username", username),
            .. password is null ? Array.Empty<KeyValuePair<string, string>>() : [new("password", password)],
            new("scope", "offline_access"),
            new("client", client),
        ],
        cancellationToken);

    /// <summary>A new access token for a session.</summary>
    public Task<Answer<TokenResponse>> RefreshAsync(string secret, CancellationToken cancellationToken) =>
        AskAsync([new("grant_type", "refresh_token"), new("refresh_token", secret)], cancellationToken);

    private async Task<Answer<TokenResponse>> AskAsync(IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent(fields);
        using var response = await http.PostAsync("/token", form, cancellationToken);

        return await Answer<TokenResponse>.ReadAsync(response, cancellationToken);
    }
}

/// <param name="RefreshToken">Only when a session is opened.</param>
internal sealed record TokenResponse(string AccessToken, string? RefreshToken);
