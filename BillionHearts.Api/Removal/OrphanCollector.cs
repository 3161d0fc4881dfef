using BillionHearts.Api.Telemetry;
using Microsoft.Extensions.Options;
using OpenTelemetry;

namespace BillionHearts.Api.Removal;

/// <summary>Starts the collections of orphans. Every replica does; one at a time collects.</summary>
internal sealed partial class OrphanCollector(
    IServiceScopeFactory scopes, IOptions<OrphanOptions> options, SafekeepingTelemetry telemetry, TimeProvider clock, ILogger<OrphanCollector> logger)
    : BackgroundService
{
    /// <summary>A start has better things to do; and replicas that started together do not collect together.</summary>
    private static readonly TimeSpan s_calm = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.IsEnabled)
        {
            Log.Disabled(logger);
            return;
        }

        await Task.Delay(s_calm * (1 + Random.Shared.NextDouble()), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        while (!stoppingToken.IsCancellationRequested)
        {
            await TryCollectAsync(stoppingToken);
            await Task.Delay(options.Value.Period, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task TryCollectAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var quiet = SuppressInstrumentationScope.Begin();
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<OrphanCollection>().RunAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            telemetry.OrphansLeft("failed");
            Log.Failed(logger, exception.GetBaseException().Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Orphans are not collected: Orphans:IsEnabled is false")]
        public static partial void Disabled(ILogger logger);

        [LoggerMessage(LogLevel.Error, "Orphans were looked for in vain and none was removed: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
