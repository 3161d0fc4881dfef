using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;

namespace BillionHearts.Storage.AzureBlobs;

/// <summary>A signed URL with which one blob can be created once, but neither read nor replaced. Azure cannot enforce a length or a type with it.</summary>
internal static class AzureDirectUpload
{
    public static DirectUpload? Create(BlockBlobClient blob, string contentType, DateTimeOffset expiresAt)
    {
        // Signing needs the account's key, which a connection string with a shared access signature does not have.
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

            // Azure refuses existing keys because of the permission alone. Azurite checks before it stores, so that two simultaneous uploads could both pass.
            ["If-None-Match"] = "*",
        };

        return new DirectUpload("PUT", blob.GenerateSasUri(signature), headers, expiresAt);
    }
}
