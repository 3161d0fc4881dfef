using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;

namespace BillionHearts.ServiceDefaults;

internal sealed class RabbitMQHealthCheck(IServiceProvider services) : IHealthCheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<IConnection>? _connection;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var connecting = Resolve();
        await Task.WhenAny(connecting, Task.Delay(s_patience, cancellationToken));

        return connecting is { IsCompletedSuccessfully: true, Result.IsOpen: true }
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, "There is no connection to the broker.");
    }

    /// <summary>Resolving blocks its thread for as long as it tries to connect: one thread, however many checks come meanwhile.</summary>
    private Task<IConnection> Resolve()
    {
        lock (_lock)
        {
            return _connection is null or { IsCompleted: true, IsCompletedSuccessfully: false }
                ? _connection = Task.Run(services.GetRequiredService<IConnection>)
                : _connection;
        }
    }
}
