namespace BillionHearts.Tests.Storage;

/// <summary>A source like a request body: it cannot seek, knows no length and comes in odd pieces.</summary>
/// <param name="arrived">StreamedEvent after each piece how many bytes have been handed out.</param>
internal sealed class TricklingStream(byte[] content, bool fails = false, Action<int>? arrived = null) : Stream
{
    private int _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();

        var rest = content.AsMemory(_position);
        if (rest.IsEmpty && fails)
        {
            throw new EndOfStreamException("The client went away.");
        }

        var piece = rest[..Math.Min(Math.Min(rest.Length, buffer.Length), 4099)];
        piece.CopyTo(buffer);
        _position += piece.Length;
        arrived?.Invoke(_position);
        return piece.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();
}
