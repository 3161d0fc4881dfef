using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Accounts.Sessions;
using BillionHearts.Api.Platform.Errors;

namespace BillionHearts.Api.Accounts.SignIn;

/// <summary>Gives access tokens for what a request shows: a password, a session's secret or, where tokens are optional, a name alone.</summary>
internal sealed class TokenGrants(PasswordSignIn passwords, DevelopmentSignIn development, SessionStore sessions, TokenIssuer tokens)
{
    public async Task<Outcome<TokenResponse>> GrantAsync(TokenRequest request, string address, CancellationToken cancellationToken)
    {
        if (request.Grant is TokenRequest.RefreshGrant)
        {
            return await RefreshAsync(request.RefreshToken, address, cancellationToken);
        }

        var signIn = request.Grant is TokenRequest.DevelopmentGrant
            ? development.TryAsync(request.Username, address, cancellationToken)
            : passwords.TryAsync(request.Username, request.Password, address, cancellationToken);

        if (!(await signIn).TryGet(out var user, out var refusal))
        {
            return refusal;
        }

        if (!request.OpensSession)
        {
            return Answer(user.UserId, sessionId: null, refreshToken: null);
        }

        return (await sessions.OpenAsync(user.UserId, request.Client, address, cancellationToken)).TryGet(out var session, out refusal)
            ? Answer(user.UserId, session.Id, session.Secret)
            : refusal;
    }

    /// <remarks>
    /// The secret stays the same. RFC 9700, 4.14.2, asks for a new one at each use of public clients only. Here the holder is a server, which keeps it from its
    /// pages, and two of whose requests may use it at once: with rotation the later one would end the session.
    /// </remarks>
    private async Task<Outcome<TokenResponse>> RefreshAsync(string secret, string address, CancellationToken cancellationToken) =>
        await sessions.UseAsync(secret, address, cancellationToken) is { } session
            ? Answer(session.UserId, session.Id, refreshToken: null)
            : SignInProblems.InvalidRefreshToken;

    private TokenResponse Answer(long userId, long? sessionId, string? refreshToken) =>
        new(tokens.Issue(userId, sessionId), "bearer", (int)tokens.Lifetime.TotalSeconds, refreshToken);
}
