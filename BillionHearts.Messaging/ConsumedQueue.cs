namespace BillionHearts.Messaging;

/// <param name="Name">A queue that <see cref="ImagesTopology"/> declares.</param>
/// <param name="Prefetch">Unsettled messages that the broker sends at once; other consumers cannot get a prefetched message, even while it waits here.</param>
/// <param name="Concurrency">Messages handled at once.</param>
/// <param name="DrainTimeout">How long running handlers may take when the service stops.</param>
internal sealed record ConsumedQueue(string Name, ushort Prefetch, ushort Concurrency, TimeSpan DrainTimeout)
{
    public QueueConsumerHealth Health { get; } = new();
}
