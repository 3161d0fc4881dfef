using System.Buffers;

namespace BillionHearts.Storage.S3;

/// <summary>A block of an upload in memory, so that it can be sent again. It grows as needed: most images are far smaller than a block.</summary>
internal sealed class S3Block(int size) : IDisposable
{
    private const int FirstSize = 256 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Min(FirstSize, size));

    public ReadOnlyMemory<byte> Content { get; private set; }

    /// <summary>The block is full, so that more content may follow.</summary>
    public bool IsFull => Content.Length == size;

    public async Task FillAsync(Stream source, CancellationToken cancellationToken)
    {
        var length = 0;

        while (true)
        {
            var room = Math.Min(_bytes.Length, size) - length;
            var read = await source.ReadAtLeastAsync(_bytes.AsMemory(length, room), room, throwOnEndOfStream: false, cancellationToken);
            length += read;
            Content = _bytes.AsMemory(0, length);

            if (read < room || length == size)
            {
                return;
            }

            Grow(length);
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    private void Grow(int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(2 * _bytes.Length, size));
        _bytes.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
