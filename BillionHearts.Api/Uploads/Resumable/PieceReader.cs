namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>
/// Cuts a body into pieces. One that breaks off ends like any other: what has come of it is given out first, and then
/// <see cref="Failure"/> says that it was not all.
/// </summary>
internal sealed class PieceReader(Stream body, Memory<byte> buffer)
{
    /// <summary>Why the body broke off.</summary>
    public Exception? Failure { get; private set; }

    public bool HasEnded { get; private set; }

    /// <summary>The next bytes, as many as fit the buffer or as are wanted; fewer only at the end. They are good until the next call.</summary>
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

    /// <summary>Whether there is anything after what was given out. One byte of it is lost.</summary>
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
            // A client that went away, was too slow, or broke the framing.
            (Failure, HasEnded) = (exception, true);
            return 0;
        }
    }
}
