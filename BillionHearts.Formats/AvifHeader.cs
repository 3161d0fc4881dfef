using System.Buffers.Binary;

namespace BillionHearts.Formats;

/// <summary>
/// Finds the dimensions of an AVIF (ISO/IEC 14496-12 and 23008-12): they are in the <c>ispe</c> property that
/// <c>meta/iprp/ipma</c> associates with the primary item (<c>meta/pitm</c>):
/// <c>ftyp · … · meta( pitm · iprp( ipco( ispe · … ) · ipma ) )</c>.
/// </summary>
public static class AvifHeader
{
    /// <summary>The <c>ftyp</c> box names a brand of AVIF: its major one, or one it is compatible with.</summary>
    public static bool Matches(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 16 || !bytes[4..8].SequenceEqual("ftyp"u8))
        {
            return false;
        }

        var size = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes), (uint)bytes.Length);

        for (var at = 8; at + 4 <= size; at += 4)
        {
            if (bytes[at..(at + 4)].SequenceEqual("avif"u8) || bytes[at..(at + 4)].SequenceEqual("avis"u8))
            {
                return true;
            }
        }

        return false;
    }

    internal static HeaderScan Scan(ReadOnlySpan<byte> bytes)
    {
        var boxes = new IsoBoxes(bytes);

        while (boxes.MoveNext())
        {
            if (boxes.Current.Is("meta"u8))
            {
                return boxes.Current.IsWhole ? Meta(boxes.Content) : HeaderScan.NeedMore;
            }
        }

        return boxes.IsMalformed ? HeaderScan.Broken("a box has an invalid size") : HeaderScan.NeedMore;
    }

    private static HeaderScan Meta(ReadOnlySpan<byte> meta)
    {
        // pitm: version · item id
        var pitm = new IsoReader(IsoBoxes.Find(meta, "pitm"u8, skip: 4));
        var primary = pitm.ReadId(pitm.ReadVersion().Version > 0);
        var properties = IsoBoxes.Find(meta, "iprp"u8, skip: 4); // meta is a full box, iprp is not
        var size = SizeOf(primary, IsoBoxes.Find(properties, "ipma"u8), IsoBoxes.Find(properties, "ipco"u8));

        return size.Length >= 12
            ? HeaderScan.Found(BinaryPrimitives.ReadUInt32BigEndian(size[4..]), BinaryPrimitives.ReadUInt32BigEndian(size[8..]))
            : HeaderScan.Broken("the dimensions of its primary image are missing");
    }

    /// <summary>The <c>ispe</c> box among the properties of the item.</summary>
    /// <remarks>ipma: version · number of items, then per item its id · number of properties · per property an index of 8 or 16 bits, the first of which says "essential".</remarks>
    private static ReadOnlySpan<byte> SizeOf(uint item, ReadOnlySpan<byte> ipma, ReadOnlySpan<byte> ipco)
    {
        var reader = new IsoReader(ipma);
        var (version, flags) = reader.ReadVersion();

        for (var items = reader.ReadUInt32(); items > 0 && !reader.IsMalformed; items--)
        {
            var id = reader.ReadId(version > 0);

            for (var properties = reader.ReadByte(); properties > 0; properties--)
            {
                var index = (flags & 1) is 0 ? reader.ReadByte() & 0x7F : reader.ReadUInt16() & 0x7FFF;

                if (id == item && IsoBoxes.At(ipco, index, "ispe"u8) is { IsEmpty: false } size)
                {
                    return size;
                }
            }
        }

        return default;
    }
}
