using System.Net;
using System.Net.Http.Headers;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.Web.Session;
using Polly;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace BillionHearts.Web.Proxy;

/// <summary>
/// The services' own calls for scripts of the pages, below <c>/bff</c>: the same paths, methods and bodies, with the access token in place of the cookie.
/// So a script never holds a token.
/// </summary>
internal static class BrowserProxy
{
    public const string Prefix = "/bff";

    /// <summary>
    /// A call that changes something has this header. A page of another site cannot send it: a browser would ask first, and nobody here answers that.
    /// </summary>
    public const string ScriptHeader = "X-Gallery";

    private const string Api = "api";
    private const string Notifications = "notifications";

    private static readonly Problem s_foreign = new(
        403, "script-header-missing", "Forbidden", $"A call that changes something needs the header {ScriptHeader}, which scripts of the gallery send.");

    public static void AddBrowserProxy(this WebApplicationBuilder builder) => builder.Services.AddReverseProxy()
        .LoadFromMemory(
            [
                Route(Notifications, "users/{id}/events"),
                Route(Notifications, "users/{id}/notifications/{**rest}"),
                Route(Notifications, "users/{id}/webhooks/{**rest}"),
                Route(Api, "users/{id}/{**rest}"),
                Route(Api, "images/{**rest}"),
                Route(Api, "uploads/{**rest}"),
                Route(Api, "analysis/{**rest}"),
                Route(Api, "operator/{**rest}"),
            ],
            [Cluster(Api), Cluster(Notifications)])
        .AddServiceDiscoveryDestinationResolver()
        .AddTransforms(transforms =>
        {
            transforms.AddOriginalHost();
            transforms.AddRequestTransform(AuthorizeAsync);
            transforms.AddResponseTransform(KeepUploadsHereAsync);
        });

    public static void MapBrowserProxy(this WebApplication app)
    {
        app.Use((context, next) => Serves(context) && IsForeign(context.Request) ? s_foreign.ExecuteAsync(context) : next(context));
        app.MapReverseProxy();
    }

    /// <summary>Whether a script called, and not a page.</summary>
    public static bool Serves(HttpContext context) => context.Request.Path.StartsWithSegments(Prefix);

    private static bool IsForeign(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && !request.Headers.ContainsKey(ScriptHeader);

    private static RouteConfig Route(string cluster, string path) => new()
    {
        RouteId = path,
        ClusterId = cluster,
        Match = new RouteMatch { Path = $"{Prefix}/{path}" },
        AuthorizationPolicy = "default",
        // Limits of size and time are the services' own.
        MaxRequestBodySize = -1,
        Transforms = [new Dictionary<string, string> { ["PathRemovePrefix"] = Prefix }, new Dictionary<string, string> { ["RequestHeaderRemove"] = "Cookie" }],
    };

    private static ClusterConfig Cluster(string service) => new()
    {
        ClusterId = service,
        Destinations = new Dictionary<string, DestinationConfig> { [service] = new() { Address = $"http://{service}" } },
        // A replica that cannot be reached is left out for a few seconds.
        HealthCheck = new HealthCheckConfig
        {
            Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = "TransportFailureRate", ReactivationPeriod = TimeSpan.FromSeconds(3) },
        },
    };

    private static async ValueTask AuthorizeAsync(RequestTransformContext transform)
    {
        var http = transform.HttpContext;

        try
        {
            if (GallerySession.Of(http.User) is { } session
                && await http.RequestServices.GetRequiredService<AccessTokens>().FindAsync(session.Secret, transform.CancellationToken) is { } token)
            {
                transform.ProxyRequest.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                return;
            }

            // A status set here is the answer: nothing is forwarded.
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        catch (Exception exception) when (exception is HttpRequestException or ExecutionRejectedException)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    /// <summary>The address of a new resumable upload: the client continues there.</summary>
    private static ValueTask KeepUploadsHereAsync(ResponseTransformContext transform)
    {
        if (transform.ProxyResponse is { StatusCode: HttpStatusCode.Created, Headers.Location: { } location })
        {
            var path = location.IsAbsoluteUri ? location.AbsolutePath : location.OriginalString;
            transform.HttpContext.Response.Headers.Location = Prefix + path;
        }

        return ValueTask.CompletedTask;
    }
}
