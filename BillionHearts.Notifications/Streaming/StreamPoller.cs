using BillionHearts.Notifications.Events;
using Microsoft.Extensions.Options;
using OpenTelemetry;

namespace BillionHearts.Notifications.Streaming;

/// <summary>Finds what another replica stored: one query a second for all open streams, none while there are none.</summary>
internal sealed partial class StreamPoller(
    IServiceScopeFactory scopes, OpenStreams streams, IOptions<EventsOptions> options, TimeProvider clock, ILogger<StreamPoller> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var quiet = SuppressInstrumentationScope.Begin();
        using var timer = new PeriodicTimer(options.Value.PollInterval, clock);

        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await PollAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task PollAsync(CancellationToken stoppingToken)
    {
        var users = streams.Users();

        if (users.Length == 0)
        {
            return;
        }

        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var store = scope.ServiceProvider.GetRequiredService<EventStore>();
            streams.SignalBehind(await store.LatestAsync(users, stoppingToken));
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            Log.Failed(logger, exception.GetBaseException().Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Open streams could not be compared with the database: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
