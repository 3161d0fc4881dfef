using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Api.Delivery.Edge;

/// <summary>
/// Ends the copies that gateways have of a deleted or replaced image: at once; again after a moment, because an answer may have been under way when the
/// image was deleted; and once more when no answer of before can be under way any more. What is to be swept was written down in the commit that
/// deleted the image, so it is done however often a process dies on the way, and however long a gateway is away.
/// </summary>
internal sealed partial class EdgeSweeper(SweepLeases leases, EdgeClient edge, ILogger<EdgeSweeper> logger) : IRecurringJob
{
    public static RecurringSchedule Schedule(IServiceProvider services) =>
        new(TimeSpan.FromSeconds(1)) { FirstDelay = TimeSpan.Zero, Signal = services.GetRequiredService<RetiredAddressSignal>() };

    private const int BatchSize = 20;

    /// <summary>Requests to each gateway at once.</summary>
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

        await Parallel.ForEachAsync(
            due.SelectMany(key => EdgeAddresses.Of(key.MediaKey, made[key.MediaKey])),
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (address, cancel) =>
            {
                // A gateway that does not answer would be waited for at each address.
                if (!left.ContainsKey(address.MediaKey) && !await edge.RefreshAsync(address, cancel))
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
        [LoggerMessage(LogLevel.Warning, "A gateway did not take {Count} deleted or replaced images out of its cache; trying again")]
        public static partial void Left(ILogger logger, int count);
    }
}
