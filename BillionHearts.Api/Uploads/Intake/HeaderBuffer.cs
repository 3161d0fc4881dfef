using System.Buffers;

namespace BillionHearts.Api.Uploads.Intake;

/// <summary>The first bytes of an upload, as many as had to be looked at. They are sent on from here, because a stream is read once.</summary>
internal sealed class HeaderBuffer(int maxLength) : IDisposable
{
    private const int FirstLook = 4096;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Min(FirstLook, maxLength));
    private int _length;

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>The content has no more bytes than are here.</summary>
    public bool IsAll { get; private set; }

    public bool IsFull => _length >= maxLength;

    /// <summary>Four times as much as before, or all there is.</summary>
    public async Task ReadMoreAsync(Stream content, CancellationToken cancellationToken)
    {
        var wanted = Math.Min(_length is 0 ? FirstLook : _length * 4, maxLength);
        EnsureCapacity(wanted);

        var missing = wanted - _length;
        var read = await content.ReadAtLeastAsync(_bytes.AsMemory(_length, missing), missing, throwOnEndOfStream: false, cancellationToken);
        _length += read;
        IsAll = read < missing;
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
