using BillionHearts.Dashboard.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Dashboard.Tests;

/// <summary>The whole dashboard on free ports, inside this process so that a test can look into its store.</summary>
internal sealed class RunningDashboard : IAsyncDisposable
{
    public const string Token = "the-browser-token";
    public const string ApiKey = "the-api-key";

    private readonly WebApplication _app;

    private RunningDashboard(WebApplication app)
    {
        _app = app;

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address)).ToArray();
        (Frontend, OtlpGrpc, OtlpHttp) = (addresses[0], addresses[1], addresses[2]);
    }

    public Uri Frontend { get; }

    public Uri OtlpGrpc { get; }

    public Uri OtlpHttp { get; }

    public TelemetryStore Telemetry => _app.Services.GetRequiredService<TelemetryStore>();

    public static async Task<RunningDashboard> StartAsync(CancellationToken cancellationToken, params string[] settings)
    {
        var app = DashboardApplication.Create(
        [
            "--ASPNETCORE_URLS=http://127.0.0.1:0",
            "--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://127.0.0.1:0",
            "--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://127.0.0.1:0",
            $"--Dashboard:Frontend:BrowserToken={Token}",
            $"--Dashboard:Otlp:PrimaryApiKey={ApiKey}",
            .. settings.Select(setting => "--" + setting),
        ]);

        await app.StartAsync(cancellationToken);
        return new(app);
    }

    /// <summary>A client that follows nothing and remembers no cookie: a test sees every answer as it is.</summary>
    public HttpClient CreateClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = Frontend };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
