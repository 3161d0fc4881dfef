using System.Buffers;

namespace BillionHearts.Api.Uploads.Intake;

/// <summary>The first bytes of an upload, as many as had to be examined. A stream can be read only once, so they are then stored from here.</summary>
internal sealed class HeaderBuffer(int maxLength) : IDisposable
{
    private const int FirstReadSize = 4096;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Min(FirstReadSize, maxLength));
    private int _length;

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Whether this is the whole content.</summary>
    public bool IsComplete { get; private set; }

    public bool IsFull => _length >= maxLength;

    /// <summary>Reads until there is four times as much as before, or until the end.</summary>
    public async Task ReadMoreAsync(Stream content, CancellationToken cancellationToken)
    {
        var wanted = Math.Min(_length is 0 ? FirstReadSize : _length * 4, maxLength);
        EnsureCapacity(wanted);

        var missing = wanted - _length;
        var read = await content.ReadAtLeastAsync(_bytes.AsMemory(_length, missing), missing, throwOnEndOfStream: false, cancellationToken);
        _length += read;
        IsComplete = read < missing;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private void EnsureCapacity(int capacity)
    {
        if (capacity <= _bytes.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(capacity);
        Bytes.Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
