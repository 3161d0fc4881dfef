using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Hosting.ResourceService;

/// <summary>A small web server on loopback that tells the dashboard what runs, and takes its commands.</summary>
internal sealed class ResourceServiceServer(ResourceServiceEndpoints endpoints) : IAsyncDisposable
{
    /// <summary>Carries the key on every request. No page of another site can send it: it knows no key, and browsers ask first.</summary>
    public const string KeyHeader = "x-resource-service-api-key";

    private WebApplication? _server;

    public async Task StartAsync(int port, string apiKey, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(ResourceServiceServer).Assembly.GetName().Name });
        builder.Logging.ClearProviders();
        builder.Configuration["urls"] = null;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        builder.WebHost.UseUrls();

        _server = builder.Build();
        Configure(_server, endpoints, apiKey);
        await _server.StartAsync(cancellationToken);
    }

    public static void Configure(WebApplication server, ResourceServiceEndpoints endpoints, string apiKey)
    {
        var expected = Encoding.UTF8.GetBytes(apiKey);
        server.Use((context, next) => RefuseStrangers(context, next, expected));
        endpoints.Map(server);
    }

    public async Task StopAsync()
    {
        if (_server is not null)
        {
            // Whoever follows a log keeps the request open for ever.
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

    private static Task RefuseStrangers(HttpContext context, RequestDelegate next, byte[] expected)
    {
        var given = Encoding.UTF8.GetBytes(context.Request.Headers[KeyHeader].ToString());

        return CryptographicOperations.FixedTimeEquals(given, expected)
            ? next(context)
            : Results.Problem($"The header {KeyHeader} does not hold this run's key.", statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
    }
}
