using System.Text.Json;
using BillionHearts.Api.Platform.Errors;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace BillionHearts.Api.Platform.Http;

/// <summary>The HTTP configuration of this service: JSON, limits and errors.</summary>
internal static class HttpDefaults
{
    /// <summary>Networks whose forwarded headers are trusted for the client's address, such as <c>10.0.0.0/8</c>.</summary>
    private const string TrustedProxies = "Http:TrustedProxies";

    private static readonly TimeSpan s_shutdownTimeout = TimeSpan.FromSeconds(8);

    public static void AddHttp(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });

        // Avoids a queue, and waking another thread, between a socket and its request. The threads belong to the pool: a handler that blocks, such
        // as the fsync of the file store, delays only its own connection.
        builder.Services.Configure<SocketTransportOptions>(sockets =>
        {
            sockets.UnsafePreferInlineScheduling = true;
            // Otherwise each read of 4 KB is preceded by an empty one, to save an idle connection's buffer.
            sockets.WaitForDataBeforeAllocatingBuffer = false;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_shutdownTimeout);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedFor;

            // Loopback is always trusted. A gateway elsewhere must be listed, or all its clients would count as one address.
            foreach (var network in builder.Configuration.GetSection(TrustedProxies).Get<string[]>() ?? [])
            {
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
            }
        });
    }

    public static void UseHttp(this WebApplication app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        app.UseForwardedHeaders();
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
    }
}
