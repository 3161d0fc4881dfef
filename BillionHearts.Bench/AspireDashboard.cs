using System.Diagnostics;
using System.Reflection;

namespace BillionHearts.Bench;

/// <summary>Aspire's dashboard alone, as a collector that accepts telemetry from every process on this machine.</summary>
internal sealed class AspireDashboard : IAsyncDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private AspireDashboard(Process process, Uri otlp) => (_process, Otlp) = (process, otlp);

    /// <summary>The endpoint for OTLP over gRPC.</summary>
    public Uri Otlp { get; }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<AspireDashboard> StartAsync(CancellationToken cancellationToken)
    {
        // The AppHost's build records the path of the program.
        var program = typeof(Projects.BillionHearts_AppHost).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(attribute => attribute.Key.Equals("aspiredashboardpath", StringComparison.OrdinalIgnoreCase)).Value!;
        var (page, otlp) = (Address(), Address());
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["ASPNETCORE_URLS"] = page.ToString(),
                ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = otlp.ToString(),
                ["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true",
            },
        };
        var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var dashboard = new AspireDashboard(process, otlp);
        using var http = new HttpClient();
        await Eventually.SucceedsAsync(cancel => http.GetAsync(page, cancel), hasEnded: () => process.HasExited, s_startLimit, cancellationToken);
        return dashboard;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Uri Address() => new($"http://localhost:{FreePorts.Take()}");
}
