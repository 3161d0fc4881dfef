using System.Collections.Concurrent;
using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.Api.Platform.Work;
using BillionHearts.ServiceDefaults.Work;
using BillionHearts.Storage;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>
/// Removes retired blobs, and a deleted image's row together with its original. Rows are leased and not locked, because
/// the store may be slow. Every step can be repeated, so an expired lease only costs repeated work.
/// </summary>
internal sealed partial class BlobRemoval(
    RemovalLeases leases, IBlobStore blobs, SafekeepingTelemetry telemetry, TimeProvider clock, ILogger<BlobRemoval> logger) : IRecurringJob
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private const int BatchSize = 50;

    /// <summary>Low: removal is not urgent, and the store also serves uploads.</summary>
    private const int Concurrency = 2;

    /// <summary>The share of the store's time that removal may use while there is much to remove.</summary>
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
            foreach (var key in KeysToDelete(blob.BlobKey))
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

    // The original is deleted last: until then, its row still leads to the others.
    private static IEnumerable<string> KeysToDelete(string key) => BlobFamily.IsOriginal(key)
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
        [LoggerMessage(LogLevel.Warning, "Retired blob {Key} could not be removed on attempt {Attempt} and is retried later: {Reason}")]
        public static partial void Postponed(ILogger logger, string key, int attempt, string reason);
    }
}
