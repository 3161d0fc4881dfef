using Amazon.S3;
using Amazon.S3.Model;

namespace BillionHearts.Storage.S3;

internal static class S3Bucket
{
    /// <summary>Creates the bucket. If another process has created it meanwhile, that is fine; if it belongs to somebody else, the next request fails.</summary>
    public static async Task<bool> CreateAsync(IAmazonS3 client, string bucket, CancellationToken cancellationToken)
    {
        try
        {
            await client.PutBucketAsync(new PutBucketRequest { BucketName = bucket, UseClientRegion = true }, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode is "BucketAlreadyOwnedByYou" or "BucketAlreadyExists")
        {
            return false;
        }
    }
}
