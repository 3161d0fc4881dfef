using System.Text.Json;
using BillionHearts.Api.Platform.Errors;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace BillionHearts.Api.Platform.Http;

/// <summary>How this service speaks HTTP: its JSON, its limits, its errors.</summary>
internal static class HttpDefaults
{
    /// <summary>Networks whose word is taken for where a request comes from, such as <c>10.0.0.0/8</c>.</summary>
    private const string TrustedProxies = "Http:TrustedProxies";

    private static readonly TimeSpan s_shutdownTimeout = TimeSpan.FromSeconds(8);

    public static void AddHttp(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });

        // Without a queue, and so a thread to wake, between a socket and its request. The threads are the pool's: a handler that blocks, as the
        // fsync of the file store does, holds up its own connection only.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_shutdownTimeout);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedFor;

            // Loopback always; without those of a gateway elsewhere, all its clients would count as one address.
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
