using System.Buffers.Binary;

namespace BillionHearts.Formats;

/// <summary>
/// Tells the images of the HEIF container (ISO/IEC 23008-12) apart, and finds their dimensions: they are in the <c>ispe</c> property that
/// <c>meta/iprp/ipma</c> associates with the primary item (<c>meta/pitm</c>):
/// <c>ftyp · … · meta( pitm · iinf( infe* ) · iprp( ipco( ispe · … ) · ipma ) )</c>.
/// </summary>
public static class HeifHeader
{
    /// <summary>The format by the first of the brands in <c>ftyp</c> that names one: the major brand, then those that the file is compatible with.</summary>
    /// <returns>One of <see cref="FormatName"/>, or <see langword="null"/>.</returns>
    // size(4) · "ftyp" · major brand(4) · its version(4) · brands(4)*
    public static string? Identify(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 16 || !bytes[4..8].SequenceEqual("ftyp"u8))
        {
            return null;
        }

        var size = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes), (uint)bytes.Length);
        string? format = null;

        for (var at = 8; at + 4 <= size; at += at is 8 ? 8 : 4)
        {
            var brand = bytes[at..(at + 4)];

            if (AvifHeader.IsBrand(brand))
            {
                return FormatName.Avif;
            }

            if (HeicHeader.IsBrand(brand))
            {
                return FormatName.Heic;
            }

            // Any image in this container. Without a brand of a codec it is a HEIC, and the scan requires its items to be of HEVC.
            format ??= brand.SequenceEqual("mif1"u8) ? FormatName.Heic : null;
        }

        return format;
    }

    /// <param name="codec">The type of the items that are pixels, such as <c>hvc1</c>. The file must have one; any will do if this is empty.</param>
    internal static HeaderScan Scan(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> codec = default)
    {
        var boxes = new IsoBoxes(bytes);

        while (boxes.MoveNext())
        {
            if (boxes.Current.Is("meta"u8))
            {
                return boxes.Current.IsWhole ? Meta(boxes.Content, codec) : HeaderScan.NeedMore;
            }
        }

        return boxes.IsMalformed ? HeaderScan.Broken("a box has an invalid size") : HeaderScan.NeedMore;
    }

    private static HeaderScan Meta(ReadOnlySpan<byte> meta, ReadOnlySpan<byte> codec)
    {
        if (!codec.IsEmpty && !HasItem(IsoBoxes.Find(meta, "iinf"u8, skip: 4), codec))
        {
            return HeaderScan.Broken("none of its items is compressed with HEVC");
        }

        // pitm: version · item id
        var pitm = new IsoReader(IsoBoxes.Find(meta, "pitm"u8, skip: 4));
        var primary = pitm.ReadId(pitm.ReadVersion().Version > 0);
        var properties = IsoBoxes.Find(meta, "iprp"u8, skip: 4); // meta is a full box, iprp is not
        var size = SizeOf(primary, IsoBoxes.Find(properties, "ipma"u8), IsoBoxes.Find(properties, "ipco"u8));

        return size.Length >= 12
            ? HeaderScan.Found(BinaryPrimitives.ReadUInt32BigEndian(size[4..]), BinaryPrimitives.ReadUInt32BigEndian(size[8..]))
            : HeaderScan.Broken("the dimensions of its primary image are missing");
    }

    // iinf: version · number of items · (infe: version · id · protection · type · …)*
    private static bool HasItem(ReadOnlySpan<byte> iinf, ReadOnlySpan<byte> type)
    {
        var items = new IsoBoxes(iinf, iinf is [> 0, ..] ? 8 : 6);

        while (items.MoveNext())
        {
            var reader = new IsoReader(items.Content);
            reader.ReadId(reader.ReadVersion().Version > 2);
            reader.ReadUInt16();

            if (reader.Take(4).SequenceEqual(type))
            {
                return true;
            }
        }

        return false;
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
