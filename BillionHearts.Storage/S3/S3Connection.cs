using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace BillionHearts.Storage.S3;

internal static class S3Connection
{
    public static IAmazonS3 Open(BlobStoreOptions options, S3BlobStoreOptions s3)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = s3.PathStyle,

            // S3Calls does retries and timeouts, with the same limits as the other stores.
            MaxErrorRetry = 0,
            Timeout = options.Timeout + options.AttemptTimeout,

            // The signature already covers the content. Only Amazon supports the additional checksums in trailers.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };

        if (s3.ServiceUrl is { Length: > 0 } address)
        {
            config.ServiceURL = address;
            config.AuthenticationRegion = s3.Region is { Length: > 0 } region ? region : "us-east-1";
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(s3.Region);
        }

        return s3.AccessKey is { Length: > 0 } ? new AmazonS3Client(new BasicAWSCredentials(s3.AccessKey, s3.SecretKey), config) : new AmazonS3Client(config);
    }
}
