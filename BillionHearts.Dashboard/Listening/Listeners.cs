using System.Net;
using BillionHearts.Dashboard.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BillionHearts.Dashboard.Listening;

internal static class Listeners
{
    /// <summary>Everything that may be sent to any of the ports in one request.</summary>
    public const int MaxRequestBytes = 4 * 1024 * 1024;

    public static void Listen(this KestrelServerOptions kestrel, DashboardSettings settings)
    {
        // In place of the section "Kestrel", which could name any address.
        kestrel.Configure(new ConfigurationBuilder().Build());
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;

        foreach (var address in settings.Frontend)
        {
            Listen(kestrel, address, Listener.Frontend, HttpProtocols.Http1);
        }

        // Without TLS there is nothing to negotiate by: gRPC has to have a port for itself.
        Listen(kestrel, settings.OtlpGrpc, Listener.OtlpGrpc, HttpProtocols.Http2);
        Listen(kestrel, settings.OtlpHttp, Listener.OtlpHttp, HttpProtocols.Http1);
    }

    private static void Listen(KestrelServerOptions kestrel, LoopbackAddress address, Listener listener, HttpProtocols protocols)
    {
        if (address.Address is { } ip)
        {
            kestrel.Listen(ip, address.Port, Configure);
        }
        else if (address.Port is 0)
        {
            // "localhost" is two addresses, which cannot be given the same free port.
            kestrel.Listen(IPAddress.Loopback, 0, Configure);
        }
        else
        {
            kestrel.ListenLocalhost(address.Port, Configure);
        }

        void Configure(ListenOptions options)
        {
            options.Protocols = protocols;
            options.Use(next => connection =>
            {
                connection.Features.Set(new ListenerFeature(listener));
                return next(connection);
            });
        }
    }

    public static TBuilder OnlyFrom<TBuilder>(this TBuilder endpoints, Listener listener)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.WithMetadata(new ListenerMetadata(listener));
        return endpoints;
    }

    /// <summary>An endpoint that names no port belongs to the pages'.</summary>
    public static void UseListeners(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var here = context.Features.Get<ListenerFeature>()?.Listener ?? Listener.Frontend;
        var wanted = context.GetEndpoint()?.Metadata.GetMetadata<ListenerMetadata>()?.Listener ?? Listener.Frontend;

        if (here == wanted)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    });
}
