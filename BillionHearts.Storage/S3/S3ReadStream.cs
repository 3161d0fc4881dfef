using Amazon.S3.Model;

namespace BillionHearts.Storage.S3;

/// <summary>An object's bytes on their way in. A read that breaks off goes on where it was, a bounded number of times, and never in another version.</summary>
internal sealed class S3ReadStream(GetObjectResponse response, long offset, BlobStoreOptions options, S3ReadStream.Reopen reopen) : ForwardStream
{
    private GetObjectResponse _response = response;
    private long _position = offset;
    private long _left = response.ContentLength;
    private int _retries = options.Retries;

    /// <summary>Asks for the rest of the object, from a position on, if it still is the version of this ETag.</summary>
    public delegate Task<GetObjectResponse?> Reopen(long position, long length, string version, CancellationToken cancellationToken);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_left > 0 && !buffer.IsEmpty)
        {
            try
            {
                return await ReadOnceAsync(buffer, cancellationToken);
            }
            catch (Exception exception) when (S3Faults.IsUnavailable(exception, cancellationToken))
            {
                if (_retries-- is 0)
                {
                    throw Broken(exception);
                }

                await ContinueAsync(exception, cancellationToken);
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _response.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        attempt.CancelAfter(options.AttemptTimeout);

        var read = await _response.ResponseStream.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], attempt.Token);
        _position += read;
        _left -= read;

        return read > 0 ? read : throw new IOException("The object ended before its length.");
    }

    private async Task ContinueAsync(Exception cause, CancellationToken cancellationToken)
    {
        var version = _response.ETag;
        _response.Dispose();
        _response = await reopen(_position, _left, version, cancellationToken) ?? throw Broken(cause);
    }

    private static BlobStoreUnavailableException Broken(Exception cause) => new("The blob store broke off in the middle of a read.", cause);
}
