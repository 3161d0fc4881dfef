using System.Security.Cryptography;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.Storage;

namespace BillionHearts.Api.Delivery.Media;

/// <summary>
/// A seekable stream of a blob of known length, which ASP.NET needs for range requests. The blob is opened at the current
/// position when the first byte is read, so a 304 or a HEAD never calls the store.
/// </summary>
/// <param name="sha256">
/// The expected hash of the whole blob, if known. If the hash of a complete read differs, the last bytes are not returned: the response
/// ends early, which no client or cache takes for a complete file. A range alone cannot be verified and is not checked.
/// </param>
/// <param name="foundBy">What reads the blob, in one word, for the alarm.</param>
internal sealed class BlobContentStream(
    IBlobStore blobs, IntegrityAlarm alarm, string key, long length, byte[]? sha256, string foundBy = "download") : Stream
{
    private Stream? _open;
    private IncrementalHash? _hash;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length)
        {
            return 0;
        }

        _open ??= await OpenAsync(cancellationToken);
        var read = await _open.ReadAsync(buffer[..(int)Math.Min(buffer.Length, length - _position)], cancellationToken);
        Check(buffer.Span[..read]);
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => length + offset,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(target, nameof(offset));

        if (target != _position)
        {
            CloseBlob();
            _position = target;
        }

        return target;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A blob can only be read asynchronously.");

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (_open is not null)
        {
            await _open.DisposeAsync();
        }

        _hash?.Dispose();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CloseBlob();
        }

        base.Dispose(disposing);
    }

    private async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        _hash = _position is 0 && sha256 is not null ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;

        if (await blobs.OpenReadAsync(key, _position, length: null, cancellationToken) is { } stream)
        {
            return stream;
        }

        alarm.Missing(foundBy, key);
        throw new BlobMissingException(key);
    }

    private void Check(ReadOnlySpan<byte> read)
    {
        _hash?.AppendData(read);

        // Continues only at the end of the stored bytes or at the expected length.
        if (!read.IsEmpty && _position + read.Length < length)
        {
            return;
        }

        if (_hash?.GetHashAndReset() is { } actual && !actual.AsSpan().SequenceEqual(sha256))
        {
            alarm.Corrupt(foundBy, key, sha256, actual);
            throw new BlobCorruptException(key);
        }

        if (read.IsEmpty)
        {
            alarm.Missing(foundBy, key);
            throw new BlobCorruptException(key);
        }
    }

    private void CloseBlob()
    {
        _open?.Dispose();
        _hash?.Dispose();
        (_open, _hash) = (null, null);
    }
}
