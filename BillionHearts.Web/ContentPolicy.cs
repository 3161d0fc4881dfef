namespace BillionHearts.Web;

/// <summary>What a page may load and who may show it. Nothing of a page is a script unless it is a file of ours.</summary>
internal static class ContentPolicy
{
    /// <summary>The address of media elsewhere, such as a CDN's, as the api has it.</summary>
    private const string MediaAddress = "Media:PublicUrl";

    public static void UseContentPolicy(this WebApplication app)
    {
        var media = app.Configuration.GetValue<Uri?>(MediaAddress);
        var policy = PolicyWith(media is null ? "" : $" {media.GetLeftPart(UriPartial.Authority)}");

        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";

            return next(context);
        });
    }

    private static string PolicyWith(string media) =>
        $"default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' blob: data:{media}; connect-src 'self'; " +
        "font-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
}
