using System.Diagnostics;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Orchestration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BillionHearts.Hosting.Health;

/// <summary>Asks one running instance again and again whether it is well: often until it is, now and then afterwards.</summary>
internal sealed class HealthMonitor(ResourceInstance instance, TimeProvider clock)
{
    private static readonly TimeSpan s_impatient = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_patient = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_checkLimit = TimeSpan.FromSeconds(5);

    // One slow answer on a loaded machine is not an illness.
    private const int FailuresThatCount = 3;

    private DateTimeOffset? _healthySince;

    public TimeSpan HealthyFor => _healthySince is { } since ? clock.GetUtcNow() - since : TimeSpan.Zero;

    /// <summary>Returns when cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var probes = instance.Resource.Annotations.OfType<HealthProbeAnnotation>()
            .Select(annotation => (annotation.Key, Probe: annotation.Create(instance.Replica))).ToList();

        try
        {
            await WatchAsync(probes, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to.
        }
        finally
        {
            foreach (var (_, probe) in probes)
            {
                await probe.DisposeAsync();
            }
        }
    }

    private async Task WatchAsync(List<(string Key, IHealthProbe Probe)> probes, CancellationToken cancellationToken)
    {
        var failures = 0;

        if (probes.Count is 0)
        {
            _healthySince = clock.GetUtcNow();
            return;
        }

        while (true)
        {
            var reports = await Task.WhenAll(probes.Select(probe => CheckAsync(probe.Key, probe.Probe, cancellationToken)));
            var isHealthy = reports.All(report => report.Status is HealthStatus.Healthy);
            failures = isHealthy ? 0 : failures + 1;

            if (isHealthy || _healthySince is null || failures >= FailuresThatCount)
            {
                _healthySince = isHealthy ? _healthySince ?? clock.GetUtcNow() : null;
                instance.Publish(snapshot => snapshot with { HealthReports = [.. reports] });
            }

            await Task.Delay(isHealthy ? s_patient : s_impatient, clock, cancellationToken);
        }
    }

    private async Task<HealthReportSnapshot> CheckAsync(string key, IHealthProbe probe, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_checkLimit);

        try
        {
            // A client library that does not heed its token must not end the watch: the resource would stay what it was for ever.
            await probe.CheckAsync(limit.Token).WaitAsync(limit.Token);
            return Report(HealthStatus.Healthy, null, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Report(HealthStatus.Unhealthy, $"no answer within {s_checkLimit.TotalSeconds:0} s", null);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or UnreachableException))
        {
            return Report(HealthStatus.Unhealthy, exception.Message, exception.ToString());
        }

        HealthReportSnapshot Report(HealthStatus status, string? description, string? exception) =>
            new(key, status, description, exception) { LastRunAt = clock.GetUtcNow().UtcDateTime };
    }
}
