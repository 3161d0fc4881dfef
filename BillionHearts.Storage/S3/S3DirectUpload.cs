using Amazon.S3;
using Amazon.S3.Model;

namespace BillionHearts.Storage.S3;

/// <summary>A presigned PUT of one object. The client must send the signed headers: the type, the length where it is known, and the condition that the key does not exist.</summary>
internal static class S3DirectUpload
{
    public static async Task<DirectUpload> CreateAsync(
        S3Object target, string contentType, long? length, DateTimeOffset expiresAt, S3BlobStoreOptions options)
    {
        var request = new GetPreSignedUrlRequest
        {
            BucketName = target.Bucket,
            Key = target.Key,
            Verb = HttpVerb.PUT,
            ContentType = contentType,
            Expires = expiresAt.UtcDateTime,
            Protocol = options.ServiceUrl?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) is true ? Protocol.HTTP : Protocol.HTTPS,
        };
        var headers = new Dictionary<string, string> { ["Content-Type"] = contentType };

        if (length is not null)
        {
            request.Headers.ContentLength = length.Value;
        }

        if (options.ConditionalPuts)
        {
            request.Headers["If-None-Match"] = headers["If-None-Match"] = "*";
        }

        return new DirectUpload("PUT", new Uri(await target.Client.GetPreSignedURLAsync(request)), headers, expiresAt);
    }
}
