using Azure;
using Azure.Storage.Blobs.Models;

namespace BillionHearts.Storage.AzureBlobs;

/// <summary>Sorts what Azure's client throws: the store's own faults from answers, and from mistakes of ours.</summary>
internal static class AzureFaults
{
    public static bool IsUnavailable(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        // The client throws one of these when several attempts failed, each with its own cause.
        AggregateException several => several.InnerExceptions.All(inner => IsUnavailable(inner, cancellationToken)),
        RequestFailedException failed => IsStoreFault(failed),
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        HttpRequestException or TimeoutException => true,
        _ => false,
    };

    // No status means that no answer came. A refused key counts as well: whoever uploads can do nothing about it, and
    // the account's owner can.
    private static bool IsStoreFault(RequestFailedException exception) =>
        exception.Status is 0 or 401 or 403 or 408 or 429 or >= 500
        || exception.ErrorCode == BlobErrorCode.ContainerBeingDeleted
        || exception.ErrorCode == BlobErrorCode.InvalidBlockList;
}
