using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Notifications.Webhooks.Sending;

/// <summary>Starts as many due attempts as may run. An attempt runs by itself, so that a slow one holds up nothing here.</summary>
internal sealed class Dispatch(DeliverySlots slots, DueDeliveries due, DeliveryRun run, DispatchTurn turn) : IRecurringJob
{
    public static RecurringSchedule Schedule(IServiceProvider services) =>
        new(TimeSpan.FromSeconds(1)) { FirstDelay = TimeSpan.Zero, Signal = services.GetRequiredService<DispatchSignal>() };

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        var free = slots.Look();

        if (free.Count is 0)
        {
            return NextRun.WhenDue;
        }

        var after = turn.After;
        var taken = await due.TakeAsync(free, after, cancellationToken);

        foreach (var delivery in taken)
        {
            slots.Start(delivery.EndpointId, cancel => run.RunAsync(delivery, cancel));
        }

        turn.After = taken.Count == free.Count ? taken.Max(delivery => delivery.EndpointId) : 0;

        // Those before `after` have their turn now.
        return after is 0 ? NextRun.WhenDue : NextRun.AtOnce;
    }
}

/// <summary>Where the next round begins. While there are fewer free slots than webhooks that wait, each gets its turn.</summary>
internal sealed class DispatchTurn
{
    /// <summary>Id of the last webhook that had its turn; 0 at the beginning of a round.</summary>
    public long After { get; set; }
}
