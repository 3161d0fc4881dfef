namespace BillionHearts.Web.Backend;

/// <summary>Users of the system, as far as somebody who is not signed in may know.</summary>
internal sealed class UserClient(HttpClient http)
{
    /// <param name="password">Null in Development, where it is optional.</param>
    public async Task<Answer<UserResponse>> RegisterAsync(string username, string? password, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync("/users/", new Registration(username, password), Json.Request, cancellationToken);
        return await Answer<UserResponse>.ReadAsync(response, cancellationToken);
    }

    /// <summary>The newest users, in Development only.</summary>
    public async Task<Answer<IReadOnlyList<UserResponse>>> ListAsync(CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync("/users?limit=20", cancellationToken);
        return await Answer<IReadOnlyList<UserResponse>>.ReadAsync(response, cancellationToken);
    }

    private sealed record Registration(string Username, string? Password);
}

internal sealed record UserResponse(long Id, string Username);
