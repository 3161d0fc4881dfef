using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>Starts the searches for orphans. It runs in every replica, but only one replica searches at a time.</summary>
internal sealed partial class OrphanCollector(
    OrphanCollection collection, IOptions<OrphanOptions> options, SafekeepingTelemetry telemetry, ILogger<OrphanCollector> logger) : IRecurringJob
{
    /// <summary>Delayed, because a process that has just started has other work. Random, so that replicas that started together do not search together.</summary>
    public static RecurringSchedule Schedule(IServiceProvider services) =>
        new(services.GetRequiredService<IOptions<OrphanOptions>>().Value.Period) { FirstDelay = TimeSpan.FromMinutes(5) * (1 + Random.Shared.NextDouble()) };

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.IsEnabled)
        {
            Log.Disabled(logger);
            return NextRun.WhenDue;
        }

        try
        {
            await collection.RunAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            telemetry.OrphanSearchStopped("failed");
            Log.Failed(logger, exception.GetBaseException().Message);
        }

        return NextRun.WhenDue;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Orphans are not collected: Orphans:IsEnabled is false")]
        public static partial void Disabled(ILogger logger);

        [LoggerMessage(LogLevel.Error, "The search for orphans failed: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
