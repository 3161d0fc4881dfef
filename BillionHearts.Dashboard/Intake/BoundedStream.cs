using System.IO.Compression;
using Grpc.Core;

namespace BillionHearts.Dashboard.Intake;

/// <summary>Reads up to a limit, and says so beyond it.</summary>
internal sealed class BoundedStream(Stream source, int limit) : Stream
{
    /// <summary>Telemetry packs five to ten times; this much is already unusual, and a few kilobytes of gzip can hold gigabytes of zeros.</summary>
    public const int MaxUnpackedBytes = 16 * 1024 * 1024;

    private int _read;

    public static BoundedStream Unpack(Stream packed) => new(new GZipStream(packed, CompressionMode.Decompress), MaxUnpackedBytes);

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
            return Count(source.Read(buffer));
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
            return Count(await source.ReadAsync(buffer, cancellationToken));
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
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int read)
    {
        _read += read;

        return _read <= limit
            ? read
            : throw new RpcException(new(StatusCode.ResourceExhausted, $"The request has more than {limit} bytes."));
    }

    private static RpcException NotGzip() => new(new(StatusCode.InvalidArgument, "The request says gzip and is not."));
}
