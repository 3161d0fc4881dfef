using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Data;
using BillionHearts.ServiceDefaults.Database;
using BillionHearts.Storage;

namespace BillionHearts.Api.Uploads.Intake;

/// <summary>Removes bytes that no image will reference.</summary>
internal sealed partial class UncommittedBlobs(IBlobStore blobs, ImagesDbContext db, TimeProvider clock, ILogger<UncommittedBlobs> logger)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Removes a blob now. If the store does not answer in time, the removal job does it later; if the database does not answer either, the
    /// search for orphans finds the blob. Neither case throws.
    /// </summary>
    public async Task DiscardAsync(string key)
    {
        using var limit = new CancellationTokenSource(s_timeout, clock);

        try
        {
            await blobs.DeleteAsync(key, limit.Token);
        }
        catch (Exception exception) when (exception is BlobStoreUnavailableException or OperationCanceledException)
        {
            Log.Postponed(logger, key, exception.GetBaseException().Message);
            await RetireAsync(key);
        }
    }

    private async Task RetireAsync(string key)
    {
        try
        {
            await db.RetireAsync([key], TimeSpan.Zero, CancellationToken.None);
        }
        catch (Exception exception) when (DatabaseFaults.IsUnavailable(exception))
        {
            Log.Left(logger, key, exception.GetBaseException().Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Blob {Key}, which no image references, could not be removed now; the removal job will retry: {Reason}")]
        public static partial void Postponed(ILogger logger, string key, string reason);

        [LoggerMessage(LogLevel.Warning, "Blob {Key}, which no image references, stays in the store until the search for orphans finds it: {Reason}")]
        public static partial void Left(ILogger logger, string key, string reason);
    }
}
