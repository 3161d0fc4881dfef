using Azure.Core;
using Azure.Storage.Blobs;

namespace BillionHearts.Storage.AzureBlobs;

/// <summary>Creates the client of the container, with the limits of the options.</summary>
internal static class AzureContainer
{
    public static BlobContainerClient Open(string? connectionString, string connectionName, BlobStoreOptions options)
    {
        // A version that Azurite 3.37 supports, so that its version check need not be disabled.
        var client = new BlobClientOptions(BlobClientOptions.ServiceVersion.V2026_06_06)
        {
            Retry =
            {
                Mode = RetryMode.Exponential,
                MaxRetries = options.Retries,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(1),
                NetworkTimeout = options.AttemptTimeout,
            },
        };

        try
        {
            return new BlobContainerClient(connectionString, options.Container, client);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            // The inner exception is left out: it quotes the connection string, which contains the account's key.
            throw Invalid(connectionName);
        }
    }

    public static InvalidOperationException Invalid(string connectionName) => new(
        $"ConnectionStrings:{connectionName} is missing or not a storage account's connection string, such as " +
        "'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;BlobEndpoint=…'. " +
        $"It is not needed with {BlobStoreOptions.SectionName}:Provider s3 or files.");
}
