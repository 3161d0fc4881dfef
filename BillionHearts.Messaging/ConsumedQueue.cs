namespace BillionHearts.Messaging;

/// <param name="Name">A queue that <see cref="ImagesTopology"/> declares.</param>
/// <param name="Prefetch">Unsettled messages the broker hands over; what is prefetched and not worked on is kept from other consumers.</param>
/// <param name="Concurrency">Messages worked on at once.</param>
/// <param name="DrainTimeout">How long running handlers may take when the service stops.</param>
internal sealed record ConsumedQueue(string Name, ushort Prefetch, ushort Concurrency, TimeSpan DrainTimeout)
{
    public QueueConsumerHealth Health { get; } = new();
}
