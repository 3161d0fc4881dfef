using BillionHearts.Dashboard.Listening;

namespace BillionHearts.Dashboard.Login;

internal static class PageSecurity
{
    // Styles in attributes are what <Virtualize> sizes its gaps with; scripts and style sheets are files of ours.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    /// <summary>
    /// To a browser, every port of localhost is the same site: a page of the gateway could call this one with its cookie.
    /// So whatever says it comes from another origin, or asks for another host than this machine, is refused.
    /// </summary>
    public static void UsePageSecurity(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Features.Get<ListenerFeature>()?.Listener is Listener.OtlpGrpc or Listener.OtlpHttp)
        {
            return next(context);
        }

        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        // Not "no-referrer": a form would then say its origin is "null", as one of another site may.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";

        if (IsThisMachine(context.Request.Host.Host) && IsOwnOrigin(context.Request))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync("The dashboard answers its own pages only, under a name of this machine.", context.RequestAborted);
    });

    // Against a foreign name made to resolve to 127.0.0.1.
    private static bool IsThisMachine(string host) =>
        host is "localhost" or "127.0.0.1" or "[::1]" || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsOwnOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();

        return origin.Length is 0 || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
