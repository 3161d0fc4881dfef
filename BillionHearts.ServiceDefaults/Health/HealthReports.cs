using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry;

namespace BillionHearts.ServiceDefaults.Health;

/// <summary>
/// Runs the checks at most once a second, however many probes there are, and answers in bounded time: probes must neither add load to a slow dependency nor
/// pile up behind it.
/// </summary>
internal sealed class HealthReports(HealthCheckService checks, TimeProvider clock)
{
    private static readonly TimeSpan s_age = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(4);

    // Shorter, so that a check that observes its token is reported by name.
    private static readonly TimeSpan s_checkTimeout = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private Task<HealthReport>? _report;
    private long _startedAt;

    public static void LimitEachCheck(HealthCheckServiceOptions options)
    {
        foreach (var check in options.Registrations.Where(check => check.Timeout == Timeout.InfiniteTimeSpan))
        {
            check.Timeout = s_checkTimeout;
        }
    }

    public async Task<HealthReport> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await CurrentReport().WaitAsync(s_timeout, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new HealthReport(new Dictionary<string, HealthReportEntry>(), HealthStatus.Unhealthy, s_timeout);
        }
    }

    private Task<HealthReport> CurrentReport()
    {
        lock (_lock)
        {
            // While a run hangs no second one is started: each caller above gives up after its own time limit.
            if (_report is null || (_report.IsCompleted && clock.GetElapsedTime(_startedAt) >= s_age))
            {
                _startedAt = clock.GetTimestamp();
                _report = Task.Run(RunAsync, CancellationToken.None);
            }

            return _report;
        }
    }

    private async Task<HealthReport> RunAsync()
    {
        // Probes come every few seconds: their queries would hide the traces of requests.
        using var quiet = SuppressInstrumentationScope.Begin();

        return await checks.CheckHealthAsync(CancellationToken.None);
    }
}
