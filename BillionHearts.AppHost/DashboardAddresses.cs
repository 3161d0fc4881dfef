using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

internal static class DashboardAddressExtensions
{
    /// <summary>
    /// Gives the dashboard a fixed address, http://localhost:18888, or another port with <c>Dashboard:Port</c>. The ports before and after it connect the
    /// dashboard with this AppHost and with the services. They are set here and not in a launch profile, which tests read and <c>./run</c> does not: a test must
    /// not send telemetry to the dashboard of a running topology. An isolated run keeps the addresses that Aspire gives it.
    /// </summary>
    /// <exception cref="DistributedApplicationException">Another program listens on one of the ports.</exception>
    public static void AddDashboardAddresses(this IDistributedApplicationBuilder builder)
    {
        if (!builder.IsInteractive())
        {
            return;
        }

        var port = builder.Configuration.GetValue("Dashboard:Port", 18888);
        var addresses = new Dictionary<string, string?>
        {
            ["ASPNETCORE_URLS"] = $"http://localhost:{port}",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://localhost:{port + 1}",
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = $"http://localhost:{port - 1}",
            // Loopback only: a certificate would protect nothing, and browsers warn about untrusted ones.
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
        };

        // Lowest in precedence, so that Aspire's own variables win where they are set.
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
