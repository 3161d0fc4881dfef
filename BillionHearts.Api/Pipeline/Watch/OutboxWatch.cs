using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Api.Pipeline.Watch;

/// <summary>Counts the messages in the outbox. Separate from the relay, so that a stuck relay is visible.</summary>
internal sealed partial class OutboxWatch(OutboxStore outbox, Backlog backlog, ILogger<OutboxWatch> logger) : IRecurringJob
{
    /// <summary>Limits the work of counting, which grows during an outage. A figure of this value means: this many or more.</summary>
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
            // Debug is enough: the relay, which queries the same database every second, logs the warning.
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
