using Azure;
using Azure.Storage.Blobs.Models;

namespace BillionHearts.Storage.AzureBlobs;

/// <summary>Classifies the exceptions of Azure's client: errors of the store, regular answers, and mistakes of ours.</summary>
internal static class AzureFaults
{
    public static bool IsUnavailable(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        // The client throws this when several attempts failed, each with its own cause.
        AggregateException several => several.InnerExceptions.All(inner => IsUnavailable(inner, cancellationToken)),
        RequestFailedException failed => IsStoreFault(failed),
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        HttpRequestException or TimeoutException => true,
        _ => false,
    };

    // No status means that there was no response. Refused credentials count too: the uploader can do nothing about them, but
    // the account's owner can.
    private static bool IsStoreFault(RequestFailedException exception) =>
        exception.Status is 0 or 401 or 403 or 408 or 429 or >= 500
        || exception.ErrorCode == BlobErrorCode.ContainerBeingDeleted
        || exception.ErrorCode == BlobErrorCode.InvalidBlockList;
}
