using System.Buffers.Binary;

namespace BillionHearts.Formats;

/// <summary>
/// Reads the fields in the content of a box, one after the other, all big-endian. What is read beyond the end is 0, and
/// <see cref="IsMalformed"/> from then on.
/// </summary>
public ref struct IsoReader(ReadOnlySpan<byte> content)
{
    private ReadOnlySpan<byte> _rest = content;

    /// <summary>A field was read that the content does not have.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>All fields were there, and nothing is left after them.</summary>
    public readonly bool IsComplete => _rest.IsEmpty && !IsMalformed;

    /// <returns>Nothing when there are not as many bytes.</returns>
    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            IsMalformed = true;
            _rest = default;
            return default;
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    /// <summary>The version of a full box, and its flags.</summary>
    public (byte Version, int Flags) ReadVersion()
    {
        var head = ReadUInt32();
        return ((byte)(head >> 24), (int)(head & 0xFFFFFF));
    }

    public byte ReadByte() => Take(1) is [var number] ? number : (byte)0;

    public ushort ReadUInt16() => Take(2) is { Length: 2 } number ? BinaryPrimitives.ReadUInt16BigEndian(number) : (ushort)0;

    public uint ReadUInt32() => Take(4) is { Length: 4 } number ? BinaryPrimitives.ReadUInt32BigEndian(number) : 0;

    /// <summary>A number of 16 or 32 bits: later versions of most boxes have room for more items.</summary>
    public uint ReadId(bool isLong) => isLong ? ReadUInt32() : ReadUInt16();

    /// <summary>A number of as many bytes as the file says: 0, 4 or 8.</summary>
    public ulong ReadNumber(int bytes)
    {
        switch (bytes)
        {
            case 0:
                return 0;
            case 4:
                return ReadUInt32();
            case 8:
                return Take(8) is { Length: 8 } number ? BinaryPrimitives.ReadUInt64BigEndian(number) : 0;
            default:
                IsMalformed = true;
                return 0;
        }
    }
}
