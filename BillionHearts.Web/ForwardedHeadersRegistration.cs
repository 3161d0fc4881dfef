using Microsoft.AspNetCore.HttpOverrides;

namespace BillionHearts.Web;

internal static class ForwardedHeadersRegistration
{
    /// <summary>Networks whose forwarded headers are trusted for the client's address, such as <c>10.0.0.0/8</c>; the setting of the api, too.</summary>
    private const string TrustedProxies = "Http:TrustedProxies";

    public static void AddForwardedHeaders(this WebApplicationBuilder builder) => builder.Services.Configure<ForwardedHeadersOptions>(forwarded =>
    {
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedFor;

        foreach (var network in builder.Configuration.GetSection(TrustedProxies).Get<string[]>() ?? [])
        {
            forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        }
    });
}
