using BillionHearts.ServiceDefaults.Health;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Instrumentation.Http;

namespace BillionHearts.ServiceDefaults.Telemetry;

/// <summary>Which requests are traced, and what their spans contain.</summary>
internal static class RequestTraces
{
    // Whoever knows such an address may see the image, continue the upload, or end a user's mails. The route stays, which is enough for a trace.
    private static readonly PathString[] s_secret = ["/media", "/shares", "/uploads", "/bff/uploads", "/mail/unsubscribe", "/s"];

    // The gateway's health probe requests this page.
    private static readonly PathString s_docs = "/docs";

    public static void Configure(AspNetCoreTraceInstrumentationOptions options)
    {
        options.Filter = context => !HealthEndpoints.IsHealthPath(context.Request.Path) && !context.Request.Path.StartsWithSegments(s_docs);

        options.EnrichWithHttpRequest = (activity, request) =>
        {
            foreach (var path in s_secret)
            {
                if (request.Path.StartsWithSegments(path, out var rest) && rest.Value is { Length: > 1 })
                {
                    activity.SetTag("url.path", $"{path}/*");
                }
            }
        };
    }

    /// <summary>The same for calls of other services.</summary>
    public static void ConfigureCalls(HttpClientTraceInstrumentationOptions options) => options.EnrichWithHttpRequestMessage = (activity, request) =>
    {
        foreach (var path in s_secret)
        {
            if (request.RequestUri is { } uri && new PathString(uri.AbsolutePath).StartsWithSegments(path, out var rest) && rest.Value is { Length: > 1 })
            {
                activity.SetTag("url.full", $"{uri.GetLeftPart(UriPartial.Authority)}{path}/*");
            }
        }
    };
}
