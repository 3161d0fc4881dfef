using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Orchestration;
using BillionHearts.Hosting.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Hosting.Status;

/// <summary>A small web server on loopback that shows what runs, for people at <c>/</c> and for programs at <c>/api</c>.</summary>
internal sealed class StatusPage(IConfiguration configuration, OrchestratorScope scope, StatusEndpoints endpoints) : IHostedService, IAsyncDisposable
{
    private const string DefaultAddress = "http://localhost:18888";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private WebApplication? _server;

    /// <summary>Null when there is none.</summary>
    public Uri? Address { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!scope.Settings.HasStatusPage || scope.Execution.IsPublishMode)
        {
            return;
        }

        var port = await TakePortAsync(cancellationToken);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(StatusPage).Assembly.GetName().Name });
        builder.Logging.ClearProviders();
        builder.Configuration["urls"] = null;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        builder.WebHost.UseUrls();

        _server = builder.Build();
        Configure(_server, endpoints);
        await _server.StartAsync(cancellationToken);
        Address = new Uri($"http://localhost:{port}");
    }

    public static void Configure(WebApplication server, StatusEndpoints endpoints)
    {
        server.Use(RefuseOtherHosts);
        endpoints.Map(server);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
        {
            // A browser that follows a log keeps its request open for ever.
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
            await _server.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }

    private async Task<int> TakePortAsync(CancellationToken cancellationToken)
    {
        if (configuration.GetValue<bool>("DcpPublisher:RandomizePorts"))
        {
            return scope.Ports.TakeFree();
        }

        var address = configuration["ASPNETCORE_URLS"] is { Length: > 0 } urls ? urls.Split(';')[0] : DefaultAddress;
        var port = new Uri(address).Port;

        return await PortReservations.WaitUntilFreeAsync(port, s_patience, scope.Clock, cancellationToken)
            ? port
            : throw new DistributedApplicationException(
                $"Port {port} of the status page is in use, perhaps by another run: stop that one, or set ASPNETCORE_URLS=http://localhost:<port>.");
    }

    // A page of some web site could otherwise read this one, by giving its own name the address 127.0.0.1.
    private static Task RefuseOtherHosts(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]")
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return Task.CompletedTask;
    }
}
