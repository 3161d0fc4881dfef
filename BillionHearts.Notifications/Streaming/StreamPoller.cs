using BillionHearts.Notifications.Events;
using Microsoft.Extensions.Options;
using OpenTelemetry;

namespace BillionHearts.Notifications.Streaming;

/// <summary>Finds events that another replica stored: one query a second for all open streams, none while no stream is open.</summary>
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
            // The service is stopping.
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
            streams.SignalLagging(await store.LatestAsync(users, stoppingToken));
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            Log.Failed(logger, exception.GetBaseException().Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Could not look for new events of the open streams: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
