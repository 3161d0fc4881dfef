using System.IO.Compression;
using Grpc.Core;

namespace BillionHearts.Dashboard.Intake;

/// <summary>Unpacks up to a limit: a few kilobytes of gzip can hold gigabytes of zeros.</summary>
internal sealed class BoundedGzipStream(Stream packed, int limit) : Stream
{
    /// <summary>Telemetry packs five to ten times; this much is already unusual.</summary>
    public const int MaxUnpackedBytes = 16 * 1024 * 1024;

    private readonly GZipStream _unpacked = new(packed, CompressionMode.Decompress);
    private int _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Count(_unpacked.Read(buffer));
        }
        catch (InvalidDataException)
        {
            throw NotGzip();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Count(await _unpacked.ReadAsync(buffer, cancellationToken));
        }
        catch (InvalidDataException)
        {
            throw NotGzip();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _unpacked.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int read)
    {
        _read += read;

        return _read <= limit
            ? read
            : throw new RpcException(new(StatusCode.ResourceExhausted, $"The request unpacks to more than {limit} bytes."));
    }

    private static RpcException NotGzip() => new(new(StatusCode.InvalidArgument, "The request says gzip and is not."));
}
