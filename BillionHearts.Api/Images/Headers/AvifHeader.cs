using System.Buffers.Binary;

namespace BillionHearts.Api.Images.Headers;

/// <summary>
/// ISO 14496-12 and 23008-12: nested boxes <c>size(4) type(4) …</c>. The dimensions are in the <c>ispe</c> property that
/// <c>meta/iprp/ipma</c> associates with the primary item (<c>meta/pitm</c>):
/// <c>ftyp · … · meta( pitm · iprp( ipco( ispe · … ) · ipma ) )</c>.
/// </summary>
internal static class AvifHeader
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

    public static HeaderScan Scan(ReadOnlySpan<byte> bytes)
    {
        var boxes = new BoxReader(bytes);

        while (boxes.MoveNext())
        {
            if (boxes.Is("meta"u8))
            {
                return boxes.IsWhole ? Meta(boxes.Content) : HeaderScan.NeedMore;
            }
        }

        return boxes.IsBroken ? HeaderScan.Broken("a box has an impossible size") : HeaderScan.NeedMore;
    }

    private static HeaderScan Meta(ReadOnlySpan<byte> meta)
    {
        var primary = ItemId(BoxReader.Find(meta, "pitm"u8, skip: 4));
        var properties = BoxReader.Find(meta, "iprp"u8, skip: 4); // meta is a full box, iprp is not
        var size = PropertyOf(primary, BoxReader.Find(properties, "ipma"u8), BoxReader.Find(properties, "ipco"u8));

        return size.Length >= 12
            ? HeaderScan.Found(BinaryPrimitives.ReadUInt32BigEndian(size[4..]), BinaryPrimitives.ReadUInt32BigEndian(size[8..]))
            : HeaderScan.Broken("its primary image has no dimensions");
    }

    // pitm: version(1) flags(3) item_id(2, or 4 from version 1 on)
    private static uint ItemId(ReadOnlySpan<byte> pitm) => pitm switch
    {
        [0, _, _, _, _, _, ..] => BinaryPrimitives.ReadUInt16BigEndian(pitm[4..]),
        [> 0, _, _, _, _, _, _, _, ..] => BinaryPrimitives.ReadUInt32BigEndian(pitm[4..]),
        _ => 0,
    };

    /// <summary>The <c>ispe</c> box among the properties of the item.</summary>
    /// <remarks>ipma: version(1) flags(3) count(4), then per item its id(2|4) count(1) and per property index(1|2), essential bit first.</remarks>
    private static ReadOnlySpan<byte> PropertyOf(uint item, ReadOnlySpan<byte> ipma, ReadOnlySpan<byte> ipco)
    {
        if (ipma.Length < 8)
        {
            return default;
        }

        var (idSize, indexSize) = (ipma[0] is 0 ? 2 : 4, (ipma[3] & 1) is 0 ? 1 : 2);
        var at = 8;

        for (var left = BinaryPrimitives.ReadUInt32BigEndian(ipma[4..]); left > 0 && at + idSize + 1 <= ipma.Length; left--)
        {
            var id = idSize is 2 ? BinaryPrimitives.ReadUInt16BigEndian(ipma[at..]) : BinaryPrimitives.ReadUInt32BigEndian(ipma[at..]);
            var count = ipma[at + idSize];
            at += idSize + 1;

            for (var end = at + (count * indexSize); at < end && at + indexSize <= ipma.Length; at += indexSize)
            {
                var index = indexSize is 1 ? ipma[at] & 0x7F : BinaryPrimitives.ReadUInt16BigEndian(ipma[at..]) & 0x7FFF;

                if (id == item && BoxReader.At(ipco, index, "ispe"u8) is { Length: > 0 } found)
                {
                    return found;
                }
            }
        }

        return default;
    }
}
