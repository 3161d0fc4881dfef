namespace BillionHearts.Web.Backend;

/// <summary>
/// Makes each call on behalf of the browser whose request is being answered: with its address, which the api counts attempts by, and the host that it knows us by,
/// from which the api makes the addresses of media. <see cref="CallerHandler"/> adds who is signed in.
/// </summary>
internal sealed class VisitorHandler(IHttpContextAccessor current) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (current.HttpContext is { } http)
        {
            request.Headers.Host = http.Request.Host.Value;
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", http.Connection.RemoteIpAddress?.ToString());
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", http.Request.Scheme);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
