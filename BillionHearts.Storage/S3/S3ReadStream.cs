using Amazon.S3.Model;

namespace BillionHearts.Storage.S3;

/// <summary>Reads an object. A read that is interrupted is resumed at its position, a limited number of times, and only in the same version of the object.</summary>
internal sealed class S3ReadStream(GetObjectResponse response, long offset, BlobStoreOptions options, S3ReadStream.Reopen reopen) : ForwardStream
{
    private GetObjectResponse _response = response;
    private long _position = offset;
    private long _left = response.ContentLength;
    private int _retries = options.Retries;

    /// <summary>Requests the rest of the object from a position, if it still has this ETag.</summary>
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

        return read > 0 ? read : throw new IOException("The object is shorter than its length.");
    }

    private async Task ContinueAsync(Exception cause, CancellationToken cancellationToken)
    {
        var version = _response.ETag;
        _response.Dispose();
        _response = await reopen(_position, _left, version, cancellationToken) ?? throw Broken(cause);
    }

    private static BlobStoreUnavailableException Broken(Exception cause) => new("The blob store broke off in the middle of a read.", cause);
}
