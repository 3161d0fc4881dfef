using System.Buffers;

namespace BillionHearts.Api.Delivery.Export;

/// <summary>
/// Wraps the response body for ZipArchive. .NET 10 still writes the few bytes after each entry synchronously (the entry's
/// stream does not override DisposeAsync), which Kestrel rejects. They are buffered here and sent with the next write.
/// </summary>
internal sealed class ZipOutput(Stream output) : Stream
{
    private readonly ArrayBufferWriter<byte> _kept = new(64);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer) => _kept.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await WriteKeptAsync(cancellationToken);
        await output.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Does nothing: the next write or asynchronous flush sends the buffered bytes.</summary>
    public override void Flush()
    {
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await WriteKeptAsync(cancellationToken);
        await output.FlushAsync(cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask WriteKeptAsync(CancellationToken cancellationToken)
    {
        if (_kept.WrittenCount > 0)
        {
            await output.WriteAsync(_kept.WrittenMemory, cancellationToken);
            _kept.ResetWrittenCount();
        }
    }
}
