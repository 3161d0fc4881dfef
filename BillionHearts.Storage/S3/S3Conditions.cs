using System.Net;
using Amazon.S3;

namespace BillionHearts.Storage.S3;

/// <summary>
/// Tests whether the server refuses to overwrite a key. With a server that ignores the condition, two uploads to one key would
/// silently replace each other.
/// </summary>
internal sealed class S3Conditions(S3Object probe)
{
    private bool _hold;

    /// <summary>Throws unless the server is known to enforce the condition; one refusal proves it.</summary>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (_hold || await IsRefusedAsync(cancellationToken) || await IsRefusedAsync(cancellationToken))
        {
            _hold = true;
            return;
        }

        throw new BlobStoreUnavailableException(
            "The S3 server ignores 'If-None-Match: *': it replaces a blob that must not be replaced. Use a server that supports it, or set " +
            $"{S3BlobStoreOptions.SectionName}:{nameof(S3BlobStoreOptions.ConditionalPuts)} to false and rely on keys being used once.");
    }

    private async Task<bool> IsRefusedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await probe.PutAsync(ReadOnlyMemory<byte>.Empty, "application/octet-stream", mark: null, ifAbsent: true, cancellationToken);
            return false;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode is HttpStatusCode.PreconditionFailed)
        {
            return true;
        }
    }
}
