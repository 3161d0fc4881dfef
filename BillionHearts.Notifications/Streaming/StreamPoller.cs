using BillionHearts.Notifications.Events;
using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Notifications.Streaming;

/// <summary>Finds events that another replica stored: one query a second for all open streams, none while no stream is open.</summary>
internal sealed class StreamPoller(EventStore events, OpenStreams streams) : IRecurringJob
{
    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        if (streams.Users() is { Length: > 0 } users)
        {
            streams.SignalLagging(await events.LatestAsync(users, cancellationToken));
        }

        return NextRun.WhenDue;
    }
}
