using Microsoft.Extensions.Options;
using OpenTelemetry;

namespace BillionHearts.Notifications.Events;

/// <summary>Removes events older than the retention, in small batches, so that no statement locks many rows.</summary>
internal sealed partial class EventRetention(
    IServiceScopeFactory scopes, IOptions<EventsOptions> options, TimeProvider clock, ILogger<EventRetention> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var quiet = SuppressInstrumentationScope.Begin();
        using var timer = new PeriodicTimer(s_interval, clock);

        try
        {
            do
            {
                await CleanUpAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The service is stopping; the rest is removed after the next start.
        }
    }

    private async Task CleanUpAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await RemoveBatchAsync(stoppingToken))
            {
                await Task.Delay(s_pause, clock, stoppingToken);
            }
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            Log.Failed(logger, exception.GetBaseException().Message);
        }
    }

    private async Task<bool> RemoveBatchAsync(CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();

        return await scope.ServiceProvider.GetRequiredService<EventStore>().RemoveOldAsync(options.Value.Retention, stoppingToken);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Could not remove old events; trying again in ten minutes: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
