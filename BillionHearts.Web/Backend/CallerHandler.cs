using System.Net.Http.Headers;
using BillionHearts.Web.Session;

namespace BillionHearts.Web.Backend;

/// <summary>Makes each call in the name of whoever is signed in in the browser whose request is being answered. <see cref="VisitorHandler"/> does the rest.</summary>
internal sealed class CallerHandler(IHttpContextAccessor current, AccessTokens tokens) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (GallerySession.Of(current.HttpContext?.User) is { } session && await tokens.FindAsync(session.Secret, cancellationToken) is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
