using System.Buffers.Binary;
using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Reads the numbers of a box one after the other, and refuses what is not there.</summary>
internal ref struct IsoReader(ReadOnlySpan<byte> content)
{
    private ReadOnlySpan<byte> _rest = content;

    public readonly bool IsEmpty => _rest.IsEmpty;

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw Damage.Corrupt(ImageFormats.Avif);
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    /// <summary>The version of a box that has one; the flags after it mean nothing here.</summary>
    public byte Version() => Take(4)[0];

    public byte Byte() => Take(1)[0];

    public ushort Short() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint Int() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    /// <summary>A number of 16 or 32 bits.</summary>
    public uint Id(bool isLong) => isLong ? Int() : Short();

    /// <summary>A number of as many bytes as the file says: 0, 4 or 8.</summary>
    public ulong Number(int bytes) => bytes switch
    {
        0 => 0,
        4 => Int(),
        8 => BinaryPrimitives.ReadUInt64BigEndian(Take(8)),
        _ => throw Damage.Corrupt(ImageFormats.Avif),
    };
}
