using System.Buffers.Binary;

namespace BillionHearts.Formats;

/// <summary>
/// Walks through boxes of an ISO media file (ISO/IEC 14496-12) that follow one another:
/// <c>size(4) type(4) [size(8) when the first is 1] content</c>. Size 0 means to the end of the file.
/// </summary>
/// <param name="bytes">The file or its beginning, up to where the boxes should end.</param>
/// <param name="start">Where the first box begins.</param>
public ref struct IsoBoxes(ReadOnlySpan<byte> bytes, int start = 0)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private long _next = start;

    /// <summary>The box that the walk has reached.</summary>
    public IsoBox Current { get; private set; }

    /// <summary>The walk ended at a box whose size is impossible.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The content of the box, as far as there are bytes.</summary>
    public readonly ReadOnlySpan<byte> Content => _bytes[Current.Range];

    /// <summary>The boxes seen so far reach to the end of the bytes, and not beyond.</summary>
    public readonly bool IsAtEnd => _next == _bytes.Length;

    /// <returns>False when there are no more bytes, and when the file <see cref="IsMalformed"/>.</returns>
    public bool MoveNext()
    {
        if (IsMalformed || _next + 8 > _bytes.Length)
        {
            return false;
        }

        var position = (int)_next;
        var rest = _bytes[position..];
        ulong size = BinaryPrimitives.ReadUInt32BigEndian(rest);
        var (head, isOpen) = (8, size is 0);

        if (size is 1)
        {
            if (rest.Length < 16)
            {
                return false;
            }

            (size, head) = (BinaryPrimitives.ReadUInt64BigEndian(rest[8..]), 16);
        }

        if (isOpen)
        {
            size = (ulong)rest.Length;
        }

        if (size < (ulong)head || size > long.MaxValue / 2)
        {
            IsMalformed = true;
            return false;
        }

        Current = new IsoBox
        {
            Code = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]),
            Start = position,
            Content = position + head,
            End = position + (int)Math.Min(size, (ulong)rest.Length),
            IsWhole = !isOpen && size <= (ulong)rest.Length,
            IsOpen = isOpen,
        };
        _next += (long)size;
        return true;
    }

    /// <summary>The content of the first box of a type, or nothing.</summary>
    /// <param name="parent">The content of the box around it.</param>
    /// <param name="type">Four letters.</param>
    /// <param name="skip">Bytes before the first box: a full box begins with its version and flags.</param>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> parent, ReadOnlySpan<byte> type, int skip = 0)
    {
        var boxes = new IsoBoxes(parent, skip);

        while (boxes.MoveNext())
        {
            if (boxes.Current.Is(type))
            {
                return boxes.Content;
            }
        }

        return default;
    }

    /// <summary>The content of the box with this number, counted from 1, if it is of the type.</summary>
    public static ReadOnlySpan<byte> At(ReadOnlySpan<byte> parent, int number, ReadOnlySpan<byte> type)
    {
        var boxes = new IsoBoxes(parent);
        var left = number;

        while (left > 0 && boxes.MoveNext())
        {
            left--;
        }

        return number > 0 && left is 0 && boxes.Current.Is(type) ? boxes.Content : default;
    }
}
