using BillionHearts.ServiceDefaults.Work;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Events;

/// <summary>Removes events older than the retention, in small batches, so that no statement locks many rows.</summary>
internal sealed class EventRetention(EventStore events, IOptions<EventsOptions> options, TimeProvider clock) : IRecurringJob
{
    public static readonly RecurringSchedule Schedule = new(TimeSpan.FromMinutes(10)) { FirstDelay = TimeSpan.Zero };

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        while (await events.RemoveOldAsync(options.Value.Retention, cancellationToken))
        {
            await Task.Delay(s_pause, clock, cancellationToken);
        }

        return NextRun.WhenDue;
    }
}
