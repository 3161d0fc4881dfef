using System.Security.Cryptography;
using BillionHearts.Hosting.Ports;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Hosting.Dashboard;

/// <summary>Settles addresses and keys before anything starts, under the names that Aspire's AppHost reads.</summary>
internal sealed class DashboardPlan(IConfiguration configuration, PortReservations ports, TimeProvider clock)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    public async Task<DashboardConnection> SettleAsync(CancellationToken cancellationToken)
    {
        var connection = new DashboardConnection
        {
            Frontend = await TakeAsync("ASPNETCORE_URLS", 18888, cancellationToken),
            OtlpGrpc = await TakeAsync("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", 18889, cancellationToken),
            OtlpHttp = await TakeAsync("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", 18890, cancellationToken),
            ResourceService = await TakeAsync("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", 18887, cancellationToken),
            BrowserToken = KeyOf("AppHost:BrowserToken"),
            OtlpApiKey = KeyOf("AppHost:OtlpApiKey"),
            ResourceServiceApiKey = KeyOf("AppHost:ResourceService:ApiKey"),
        };

        // What the projects are given is read from there, as with Aspire.
        configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = connection.OtlpGrpc.GetLeftPart(UriPartial.Authority);
        configuration["AppHost:OtlpApiKey"] = connection.OtlpApiKey;
        return connection;
    }

    private async Task<Uri> TakeAsync(string setting, int otherwise, CancellationToken cancellationToken)
    {
        if (configuration.GetValue<bool>("DcpPublisher:RandomizePorts"))
        {
            return AddressOf(ports.TakeFree());
        }

        var chosen = configuration[setting] is { Length: > 0 } urls ? urls.Split(';')[0] : null;

        if (chosen is not null && !(Uri.TryCreate(chosen, UriKind.Absolute, out var address) && address.Scheme is "http" && address.IsLoopback))
        {
            throw new DistributedApplicationException($"{setting} is '{chosen}'; the dashboard listens on loopback only: http://localhost:{otherwise}.");
        }

        var port = chosen is null ? otherwise : new Uri(chosen).Port;

        return await PortReservations.WaitUntilFreeAsync(port, s_patience, clock, cancellationToken)
            ? AddressOf(port)
            : throw new DistributedApplicationException(
                $"Port {port} of the dashboard is in use, perhaps by another run: stop that one, or set {setting}=http://localhost:<port>.");
    }

    private string KeyOf(string setting) =>
        configuration[setting] is { Length: > 0 } given ? given : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static Uri AddressOf(int port) => new($"http://localhost:{port}");
}
