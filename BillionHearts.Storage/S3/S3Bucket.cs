using Amazon.S3;
using Amazon.S3.Model;

namespace BillionHearts.Storage.S3;

internal static class S3Bucket
{
    /// <summary>Makes the bucket; that another process has made it meanwhile is the same, and a stranger's bucket refuses the next request.</summary>
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
