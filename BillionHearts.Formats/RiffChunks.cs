using System.Buffers.Binary;

namespace BillionHearts.Formats;

/// <summary>Walks through the chunks of a RIFF file such as WebP: <c>(type(4) · length(4) · content, padded to an even length)*</c>.</summary>
/// <param name="chunks">What follows the file's header (see <see cref="WebpHeader.Bytes"/>), or the chunks within a chunk.</param>
public ref struct RiffChunks(ReadOnlySpan<byte> chunks)
{
    private const int HeadBytes = 8;

    private ReadOnlySpan<byte> _rest = chunks;

    /// <summary>Four bytes, most of them letters.</summary>
    public ReadOnlySpan<byte> Type { get; private set; }

    /// <summary>The content without its padding, as far as there are bytes.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Whether <see cref="Content"/> is complete.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The walk has reached the end of the bytes.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Whether the chunk is of this type.</summary>
    public readonly bool Is(ReadOnlySpan<byte> type) => Type.SequenceEqual(type);

    /// <returns>False when there are no more bytes.</returns>
    public bool MoveNext()
    {
        if (_rest.Length < HeadBytes)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(_rest[4..]);
        IsWhole = length <= _rest.Length - HeadBytes;
        Type = _rest[..4];
        Content = IsWhole ? _rest.Slice(HeadBytes, (int)length) : _rest[HeadBytes..];
        _rest = _rest[Math.Min(_rest.Length, HeadBytes + Content.Length + (Content.Length & 1))..];
        return true;
    }
}
