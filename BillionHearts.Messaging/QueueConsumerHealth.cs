using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BillionHearts.Messaging;

/// <summary>The state of a consumer, which the consumer itself sets.</summary>
internal sealed class QueueConsumerHealth : IHealthCheck
{
    private volatile HealthState _state = new(HealthStatus.Degraded, "Not consuming yet.");

    public void Consuming() => _state = new(HealthStatus.Healthy, null);

    public void Interrupted() => _state = new(HealthStatus.Degraded, "Not consuming: the broker cannot be reached.");

    public void Misconfigured(string description) => _state = new(HealthStatus.Unhealthy, description);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(new HealthCheckResult(_state.Status, _state.Description));

    private sealed record HealthState(HealthStatus Status, string? Description);
}
