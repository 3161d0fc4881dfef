using BillionHearts.ServiceDefaults.Health;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Instrumentation.AspNetCore;

namespace BillionHearts.ServiceDefaults.Telemetry;

/// <summary>Which requests are traced, and what their spans may say.</summary>
internal static class RequestTraces
{
    private static readonly PathString s_media = "/media";

    // The gateway's probe asks for the reference, a page without a story of its own.
    private static readonly PathString s_docs = "/docs";

    public static void Configure(AspNetCoreTraceInstrumentationOptions options)
    {
        options.Filter = context => !HealthEndpoints.IsHealthPath(context.Request.Path) && !context.Request.Path.StartsWithSegments(s_docs);

        // Whoever knows an address of media may see the image; the route, which stays, says all that a trace needs.
        options.EnrichWithHttpRequest = (activity, request) =>
        {
            if (request.Path.StartsWithSegments(s_media))
            {
                activity.SetTag("url.path", "/media/*");
            }
        };
    }
}
