using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry;

namespace BillionHearts.ServiceDefaults.Health;

/// <summary>
/// Runs the checks at most once a second however many ask, and answers in bounded time: probes from several sides must
/// neither load a dependency that is already slow nor pile up behind it.
/// </summary>
internal sealed class HealthReports(HealthCheckService checks, TimeProvider clock)
{
    private static readonly TimeSpan s_age = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(4);

    // Shorter, so that a check that heeds its token is reported by name, beside the others.
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
            return await Current().WaitAsync(s_timeout, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new HealthReport(new Dictionary<string, HealthReportEntry>(), HealthStatus.Unhealthy, s_timeout);
        }
    }

    private Task<HealthReport> Current()
    {
        lock (_lock)
        {
            // A run that hangs is not started a second time: the callers above give up on it, one after the other.
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
        // Probes come every few seconds for ever: their queries would bury the traces of requests.
        using var quiet = SuppressInstrumentationScope.Begin();

        return await checks.CheckHealthAsync(CancellationToken.None);
    }
}
