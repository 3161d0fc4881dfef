using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

internal static class DashboardAddressExtensions
{
    /// <summary>
    /// Gives the dashboard its fixed address, http://localhost:18888, or another with <c>Dashboard:Port</c>; the two ports beside it are the dashboard's own
    /// ways to this AppHost and to the services. They stand here and not in a launch profile, which <c>./run</c> does not read and tests do: a test must not
    /// send telemetry to the dashboard of a running topology. An isolated run keeps the addresses that Aspire gives it.
    /// </summary>
    /// <exception cref="DistributedApplicationException">Another program listens on one of the ports.</exception>
    public static void AddDashboardAddresses(this IDistributedApplicationBuilder builder)
    {
        if (!builder.IsForAPerson())
        {
            return;
        }

        var port = builder.Configuration.GetValue("Dashboard:Port", 18888);
        var addresses = new Dictionary<string, string?>
        {
            ["ASPNETCORE_URLS"] = $"http://localhost:{port}",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://localhost:{port + 1}",
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = $"http://localhost:{port - 1}",
            // Loopback only: a certificate would protect nothing, and browsers warn of one that nobody trusts.
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
        };

        // Weaker than everything else, so that Aspire's own variables decide where somebody sets them.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = addresses });

        foreach (var address in addresses.Keys.Select(name => builder.Configuration[name]!.Split(';')[0]))
        {
            if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri is { IsLoopback: true, Port: not 0 })
            {
                FixedPort.RequireFree(uri.Port, "dashboard", "--Dashboard:Port=19888");
            }
        }
    }
}
