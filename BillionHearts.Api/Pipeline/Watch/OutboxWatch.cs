using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Api.Pipeline.Watch;

/// <summary>Counts what waits in the outbox. Separate from the relay, so that a relay that is stuck shows.</summary>
internal sealed partial class OutboxWatch(OutboxStore outbox, Backlog backlog, ILogger<OutboxWatch> logger) : IRecurringJob
{
    /// <summary>Counting is work that grows with an outage. A figure of this much means: this much or more.</summary>
    public const int CountedAtMost = 100_000;

    public static readonly RecurringSchedule Schedule = new(TimeSpan.FromSeconds(5)) { FirstDelay = TimeSpan.Zero };

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            backlog.Outbox = await outbox.CountAsync(CountedAtMost, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The relay, which asks the same database every second, warns of its absence.
            backlog.Outbox = null;
            Log.NotCounted(logger, exception.GetBaseException().Message);
        }

        return NextRun.WhenDue;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "The messages in the outbox could not be counted: {Reason}")]
        public static partial void NotCounted(ILogger logger, string reason);
    }
}
