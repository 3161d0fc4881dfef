using Azure.Core;
using Azure.Storage.Blobs;

namespace BillionHearts.Storage.AzureBlobs;

/// <summary>The client of the container, held to the bounds of the options.</summary>
internal static class AzureContainer
{
    public static BlobContainerClient Open(string? connectionString, string connectionName, BlobStoreOptions options)
    {
        // A version that Azurite 3.37 knows, so that it need not be told to skip its check.
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
            // The cause is left out: it quotes the string, and the string holds the account's key.
            throw Invalid(connectionName);
        }
    }

    public static InvalidOperationException Invalid(string connectionName) => new(
        $"ConnectionStrings:{connectionName} is missing or not a storage account's connection string, such as " +
        "'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;BlobEndpoint=…'. " +
        $"It is not needed with {BlobStoreOptions.SectionName}:Provider s3 or files.");
}
