using System.Net;
using Amazon.Runtime;
using Polly.Timeout;

namespace BillionHearts.Storage.S3;

/// <summary>Classifies the exceptions of Amazon's client: transient errors, errors of the store, and regular answers.</summary>
internal static class S3Faults
{
    public static bool IsAbsent(AmazonServiceException exception) => exception.StatusCode is HttpStatusCode.NotFound && exception.ErrorCode is not "NoSuchUpload";

    public static bool IsTransient(Exception exception) => exception switch
    {
        AmazonServiceException answer => answer.StatusCode is 0 or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
            || answer.ErrorCode is "ConditionalRequestConflict" or "OperationAborted" or "RequestTimeout" or "IncompleteBody"
            || IsOfConnection(answer),
        TimeoutRejectedException or HttpRequestException or IOException => true,
        _ => false,
    };

    // S3 names each of its errors, except to HEAD. Without a name Amazon's client gives the status as the code. Ceph answered some requests so that followed
    // a refused one, probably because it takes the unread body of that one for a request.
    private static bool IsOfConnection(AmazonServiceException answer) => answer is { StatusCode: HttpStatusCode.BadRequest, ErrorCode: nameof(HttpStatusCode.BadRequest) };

    // Refused credentials count too: the uploader can do nothing about them, but the bucket's owner can.
    public static bool IsUnavailable(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        _ when IsTransient(exception) => true,
        AmazonServiceException answer => answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden || answer.ErrorCode is "NoSuchUpload" or "InvalidPart",
        AmazonClientException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };
}
