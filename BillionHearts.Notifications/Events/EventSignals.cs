using BillionHearts.Notifications.Streaming;
using BillionHearts.Notifications.Webhooks.Sending;

namespace BillionHearts.Notifications.Events;

/// <summary>Wakes what delivers a user's events from this replica: open streams and webhooks. After the commit of the events.</summary>
internal sealed class EventSignals(OpenStreams streams, FanOutSignal webhooks)
{
    public void Set(long userId)
    {
        streams.Signal(userId);
        webhooks.Set(userId);
    }
}
