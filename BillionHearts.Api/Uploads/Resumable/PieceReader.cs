namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>
/// Splits a body into pieces. If the body breaks off, the bytes that arrived are returned first, as at a normal end, and
/// <see cref="Failure"/> is set.
/// </summary>
internal sealed class PieceReader(Stream body, Memory<byte> buffer)
{
    /// <summary>Why the body broke off.</summary>
    public Exception? Failure { get; private set; }

    public bool HasEnded { get; private set; }

    /// <summary>Reads the next bytes: as many as are wanted or fit the buffer, fewer only at the end. They are valid until the next call.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(long wanted, CancellationToken cancellationToken)
    {
        var target = buffer[..(int)Math.Min(wanted, buffer.Length)];
        var length = 0;

        while (length < target.Length && !HasEnded)
        {
            length += await ReadSomeAsync(target[length..], cancellationToken);
        }

        return target[..length];
    }

    /// <summary>Whether more bytes follow. Consumes one of them.</summary>
    public async Task<bool> HasMoreAsync(CancellationToken cancellationToken) =>
        !HasEnded && await ReadSomeAsync(new byte[1], cancellationToken) > 0;

    private async Task<int> ReadSomeAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        try
        {
            var read = await body.ReadAsync(target, cancellationToken);
            HasEnded = read is 0;
            return read;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client disconnected, was too slow, or sent invalid framing.
            (Failure, HasEnded) = (exception, true);
            return 0;
        }
    }
}
