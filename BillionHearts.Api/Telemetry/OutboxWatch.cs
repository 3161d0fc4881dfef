using BillionHearts.Api.Outbox;
using OpenTelemetry;

namespace BillionHearts.Api.Telemetry;

/// <summary>Looks how much waits in the outbox. Apart from the relay, so that one that is stuck is seen to be.</summary>
internal sealed partial class OutboxWatch(IServiceScopeFactory scopes, Backlog backlog, TimeProvider clock, ILogger<OutboxWatch> logger) : BackgroundService
{
    /// <summary>Counting is work that grows with an outage. A figure of this much means: this much or more.</summary>
    public const int CountedAtMost = 100_000;

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var quiet = SuppressInstrumentationScope.Begin();
        using var timer = new PeriodicTimer(s_period, clock);

        try
        {
            do
            {
                backlog.Saw(await LookAsync(stoppingToken));
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task<OutboxState?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<OutboxStore>().LookAsync(CountedAtMost, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The relay, which asks the same database every second, warns of its absence.
            Log.Unseen(logger, exception.GetBaseException().Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "The outbox could not be looked at: {Reason}")]
        public static partial void Unseen(ILogger logger, string reason);
    }
}
