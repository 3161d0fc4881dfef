using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;

namespace BillionHearts.Storage.AzureBlobs;

/// <summary>A signed address of one blob that may be created, once, and neither read nor replaced. Azure can hold nobody to a length or a type with it.</summary>
internal static class AzureDirectUpload
{
    public static DirectUpload? Create(BlockBlobClient blob, string contentType, DateTimeOffset expiresAt)
    {
        // Without the account's key, as with a connection string that is itself a signature, nothing can be signed.
        if (!blob.CanGenerateSasUri)
        {
            return null;
        }

        var signature = new BlobSasBuilder(BlobSasPermissions.Create, expiresAt)
        {
            BlobContainerName = blob.BlobContainerName,
            BlobName = blob.Name,
            Resource = "b",
            Protocol = blob.Uri.Scheme == Uri.UriSchemeHttps ? SasProtocol.Https : SasProtocol.HttpsAndHttp,
        };

        var headers = new Dictionary<string, string>
        {
            ["x-ms-blob-type"] = "BlockBlob",
            ["Content-Type"] = contentType,

            // The permission alone refuses a key that is taken; Azurite looks before it stores, and of two at one moment both would pass.
            ["If-None-Match"] = "*",
        };

        return new DirectUpload("PUT", blob.GenerateSasUri(signature), headers, expiresAt);
    }
}
