using BillionHearts.Web.Backend;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace BillionHearts.Web.Session;

/// <summary>Opens and ends the session of a browser.</summary>
internal sealed class SignIn(TokenClient tokens, AccessTokens access, SessionClient sessions)
{
    /// <param name="password">Null in Development, where any user can be chosen.</param>
    /// <returns>Why not, in words for the user; null if the browser is signed in.</returns>
    public async Task<string?> InAsync(HttpContext http, string username, string? password, CancellationToken cancellationToken)
    {
        var answer = await tokens.OpenAsync(username, password, Browsers.Describe(http.Request.Headers.UserAgent), cancellationToken);

        if (answer.Value is not { RefreshToken: { } secret } token)
        {
            return answer.Detail;
        }

        var session = new GallerySession(TokenClaims.NumberOf(token.AccessToken, "sub"), username, secret);
        await http.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, session.ToPrincipal(), new AuthenticationProperties { IsPersistent = true });

        return null;
    }

    /// <summary>Ends the session at the api, too. If the api does not answer, the browser is signed out all the same.</summary>
    public async Task OutAsync(HttpContext http)
    {
        if (GallerySession.Of(http.User) is { } session)
        {
            await sessions.EndCurrentAsync(session.UserId, CancellationToken.None);
            access.Forget(session.Secret);
        }

        await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
    }
}
