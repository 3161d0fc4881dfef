using System.Buffers.Binary;

namespace BillionHearts.Api.Images.Headers;

/// <summary>Walks over the boxes of an ISO media file: <c>size(4) type(4) [size(8) when the first is 1] content</c>; size 0 means to the end.</summary>
internal ref struct BoxReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private ReadOnlySpan<byte> _type;
    private long _next;

    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Whether <see cref="Content"/> is all of the box, and not what has arrived of it.</summary>
    public bool IsWhole { get; private set; }

    public bool IsBroken { get; private set; }

    public bool MoveNext()
    {
        if (_next + 8 > _bytes.Length)
        {
            return false;
        }

        var rest = _bytes[(int)_next..];
        ulong size = BinaryPrimitives.ReadUInt32BigEndian(rest);
        var header = 8;

        if (size is 1)
        {
            if (rest.Length < 16)
            {
                return false;
            }

            (size, header) = (BinaryPrimitives.ReadUInt64BigEndian(rest[8..]), 16);
        }
        else if (size is 0)
        {
            size = int.MaxValue;
        }

        if (size < (ulong)header || size > long.MaxValue / 2)
        {
            IsBroken = true;
            return false;
        }

        _type = rest[4..8];
        IsWhole = size <= (ulong)rest.Length;
        Content = rest[header..(int)Math.Min(size, (ulong)rest.Length)];
        _next += (long)size;
        return true;
    }

    public readonly bool Is(ReadOnlySpan<byte> type) => _type.SequenceEqual(type);

    /// <summary>The content of the first box of a type, or nothing.</summary>
    /// <param name="skip">Bytes before the first box: a full box begins with its version and flags.</param>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> parent, ReadOnlySpan<byte> type, int skip = 0)
    {
        var boxes = new BoxReader(parent[Math.Min(skip, parent.Length)..]);

        while (boxes.MoveNext())
        {
            if (boxes.Is(type))
            {
                return boxes.Content;
            }
        }

        return default;
    }

    /// <summary>The content of the box with this number, counted from 1, if it is of the type.</summary>
    public static ReadOnlySpan<byte> At(ReadOnlySpan<byte> parent, int number, ReadOnlySpan<byte> type)
    {
        var boxes = new BoxReader(parent);

        while (number > 0 && boxes.MoveNext())
        {
            number--;
        }

        return number is 0 && boxes.Is(type) ? boxes.Content : default;
    }
}
