using System.Collections.Concurrent;
using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.Api.Platform.Work;
using BillionHearts.ServiceDefaults.Work;
using BillionHearts.Storage;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>
/// Removes retired blobs, and with the last of a deleted image its row. A row is leased for a while and not locked, because
/// the store may be slow; each step can be repeated, so a lease that runs out costs nothing but the work.
/// </summary>
internal sealed partial class BlobRemoval(
    RemovalLeases leases, IBlobStore blobs, SafekeepingTelemetry telemetry, TimeProvider clock, ILogger<BlobRemoval> logger) : IRecurringJob
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private const int BatchSize = 50;

    /// <summary>Few: removal has time, and the store serves uploads meanwhile.</summary>
    private const int Concurrency = 2;

    /// <summary>Of the store's time, while there is much to remove.</summary>
    private const double ShareOfStore = 0.5;


    public async Task<NextRun> RunAsync(CancellationToken cancellationToken) =>
        await new Pace(ShareOfStore, clock).RunAsync(() => RemoveDueAsync(cancellationToken), cancellationToken) is BatchSize ? NextRun.AtOnce : NextRun.WhenDue;

    /// <returns>How many blobs were removed.</returns>
    internal async Task<int> RemoveDueAsync(CancellationToken cancellationToken)
    {

        var due = await leases.TakeAsync(BatchSize, cancellationToken);

        if (due.Count is 0)
        {
            return 0;
        }

        var (removed, isStoreAway) = await RemoveAsync(due, cancellationToken);
        await leases.EndAsync(removed, cancellationToken);
        telemetry.BlobsRemoved(removed.Count);

        if (isStoreAway)
        {
            await leases.GiveBackAsync([.. due.Except(removed)], cancellationToken);
        }

        return removed.Count;
    }

    private async Task<(IReadOnlyCollection<RetiredBlob> Removed, bool IsStoreAway)> RemoveAsync(List<RetiredBlob> due, CancellationToken cancellationToken)
    {
        var removed = new ConcurrentQueue<RetiredBlob>();
        var isStoreAway = false;

        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (blob, cancel) =>
            {
                if (Volatile.Read(ref isStoreAway))
                {
                    return;
                }

                if (await TryRemoveAsync(blob, cancel))
                {
                    removed.Enqueue(blob);
                }
                else if (!await IsStoreUpAsync(cancel))
                {
                    Volatile.Write(ref isStoreAway, true);
                }
            });

        return (removed, isStoreAway);
    }

    private async Task<bool> TryRemoveAsync(RetiredBlob blob, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var key in Family(blob.BlobKey))
            {
                await blobs.DeleteAsync(key, cancellationToken);
            }

            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Postponed(logger, blob.BlobKey, blob.Attempts, exception.GetBaseException().Message);
            return false;
        }
    }

    // The original last: while it is there, so is the row that leads to the others.
    private static IEnumerable<string> Family(string key) => BlobFamily.IsOriginal(key)
        ? [.. BlobFamily.RenditionsOf(key), BlobFamily.IncomingOf(key), key]
        : [key];

    private async Task<bool> IsStoreUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await blobs.PingAsync(cancellationToken);
            return true;
        }
        catch (BlobStoreUnavailableException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Retired blob {Key} could not be removed in attempt {Attempt}; trying again later: {Reason}")]
        public static partial void Postponed(ILogger logger, string key, int attempt, string reason);
    }
}
