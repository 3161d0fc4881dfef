using BillionHearts.Dashboard.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace BillionHearts.Dashboard;

/// <summary>
/// Says on standard output where it listens, once it does. A token made here is part of the address, as nobody could log in
/// otherwise; one that was given is not, since this output is kept and shown.
/// </summary>
internal sealed class Announcement(IServer server, DashboardSettings settings, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Announce);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Announce()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses.ToList();

        // In the order of listening: the pages, then gRPC, then HTTP.
        var login = settings.IsTokenGenerated ? $"/login?t={settings.BrowserToken}" : string.Empty;
        Console.WriteLine($"Dashboard: {addresses[0]}{login}");
        Console.WriteLine($"OTLP/gRPC: {addresses[^2]}");
        Console.WriteLine($"OTLP/HTTP: {addresses[^1]}");

        if (settings.OtlpApiKeys.Count is 0)
        {
            Console.WriteLine("Any process on this machine may send telemetry: DASHBOARD__OTLP__PRIMARYAPIKEY is not set.");
        }
    }
}
