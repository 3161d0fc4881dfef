using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Api.Delivery.Edge;

/// <summary>
/// Replaces the cached copies that gateways have of a deleted or replaced image: at once; again after a second, because an answer may have been in
/// flight when the image was deleted; and a last time when no earlier answer can still be in flight. The sweep is recorded in the commit that
/// deletes the image, so it is completed even if processes die or a gateway is unavailable for a long time. When a merge is undone, the bytes come back in
/// the same way.
/// </summary>
internal sealed partial class EdgeSweeper(SweepLeases leases, EdgeClient edge, ILogger<EdgeSweeper> logger) : IRecurringJob
{
    public static RecurringSchedule Schedule(IServiceProvider services) =>
        new(TimeSpan.FromSeconds(1)) { FirstDelay = TimeSpan.Zero, Signal = services.GetRequiredService<RetiredAddressSignal>() };

    private const int BatchSize = 20;

    /// <summary>Concurrent requests to each gateway.</summary>
    private const int Concurrency = 4;


    public async Task<NextRun> RunAsync(CancellationToken cancellationToken) =>
        await SweepDueAsync(cancellationToken) is BatchSize ? NextRun.AtOnce : NextRun.WhenDue;

    /// <returns>How many keys were swept.</returns>
    internal async Task<int> SweepDueAsync(CancellationToken cancellationToken)
    {
        var due = await leases.TakeAsync(BatchSize, cancellationToken);

        if (due.Count is 0)
        {
            return 0;
        }

        var made = await leases.NamesAsync([.. due.Select(key => key.MediaKey)], cancellationToken);
        var left = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();

        var restored = due.Where(key => key.IsRestored).Select(key => key.MediaKey).ToHashSet();

        await Parallel.ForEachAsync(
            due.SelectMany(key => EdgeAddresses.List(key.MediaKey, made[key.MediaKey])),
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (address, cancel) =>
            {
                // Skips the key's other addresses, because each would wait for the same gateway again.
                if (!left.ContainsKey(address.MediaKey) && !await edge.RefreshAsync(address, restored.Contains(address.MediaKey), cancel))
                {
                    left[address.MediaKey] = true;
                }
            });

        RetiredMediaKey[] swept = [.. due.Where(key => !left.ContainsKey(key.MediaKey))];
        await leases.EndAsync(swept, cancellationToken);

        if (!left.IsEmpty)
        {
            Log.Left(logger, left.Count);
        }

        return swept.Length;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A gateway did not remove {Count} deleted or replaced images from its cache; retrying")]
        public static partial void Left(ILogger logger, int count);
    }
}
