using System.Net.Http.Headers;
using BillionHearts.Web.Session;

namespace BillionHearts.Web.Backend;

/// <summary>
/// Makes each call in the name of the browser whose request is being answered: with its token, its address, which the api counts sign-ins by, and the host
/// that it knows us by, from which the api makes the addresses of media.
/// </summary>
internal sealed class CallerHandler(IHttpContextAccessor current, AccessTokens tokens) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (current.HttpContext is { } http)
        {
            if (GallerySession.Of(http.User) is { } session && await tokens.FindAsync(session.Secret, cancellationToken) is { } token)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            request.Headers.Host = http.Request.Host.Value;
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", http.Connection.RemoteIpAddress?.ToString());
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", http.Request.Scheme);
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
