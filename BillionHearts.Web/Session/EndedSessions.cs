using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Polly;

namespace BillionHearts.Web.Session;

/// <summary>Signs a browser out whose session was ended, in another browser or because it was not used for long.</summary>
internal static class EndedSessions
{
    public static async Task RejectAsync(CookieValidatePrincipalContext context)
    {
        if (GallerySession.Of(context.Principal) is { } session && !await HasEndedAsync(context.HttpContext, session))
        {
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
    }

    private static async Task<bool> HasEndedAsync(HttpContext http, GallerySession session)
    {
        try
        {
            return await http.RequestServices.GetRequiredService<AccessTokens>().FindAsync(session.Secret, http.RequestAborted) is null;
        }
        catch (Exception exception) when (exception is HttpRequestException or ExecutionRejectedException)
        {
            // Nobody is signed out because the api is away.
            return false;
        }
    }
}
