using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// Writes an AVIF or HEIC without its metadata. Every byte stays where it is, because the file is full of addresses; whatever is not
/// on the <see cref="HeifAllowList"/> is overwritten with zeros: data that no picture refers to, metadata within the pixels,
/// names of items, properties that change nothing, and boxes of other types.
/// </summary>
internal sealed class HeifScrubber
{
    private const int MaxBrandBytes = 256;

    // Equal tiles of a picture may share their bytes.
    private const int MaxShares = 16;

    private readonly HeifLayout _layout;
    private readonly byte[] _copy;

    private HeifScrubber(byte[] file)
    {
        _layout = HeifLayout.Read(file);
        _copy = file.AsSpan().ToArray();
    }

    /// <inheritdoc cref="MetadataScrubber.Scrub"/>
    public static byte[] Scrub(byte[] file) => new HeifScrubber(file).Scrub();

    private byte[] Scrub()
    {
        foreach (var box in _layout.Boxes.Where(box => box.Start < _layout.End))
        {
            switch (box.Type)
            {
                case "ftyp":
                    ScrubBrands(box);
                    break;
                case "meta":
                    ScrubMeta();
                    break;
                case "mdat":
                    ClearUnused(box);
                    break;
                default:
                    Free(box);
                    break;
            }
        }

        ScrubUnits();
        var scrubbed = _copy.AsSpan(0, _layout.End);
        RequireEmpty(scrubbed);
        return scrubbed.ToArray();
    }

    // brand · version of it · brands*
    private void ScrubBrands(IsoBox ftyp)
    {
        Require(ftyp.Length is >= 8 and <= MaxBrandBytes && ftyp.Length % 4 is 0);

        Clear((ftyp.Content + 4)..(ftyp.Content + 8));
        for (var position = ftyp.Content; position < ftyp.End; position += position == ftyp.Content ? 8 : 4)
        {
            var brand = _copy.AsSpan(position, 4);
            if (!HeifAllowList.AllowsBrand(brand))
            {
                "mif1"u8.CopyTo(brand);
            }
        }
    }

    private void ScrubMeta()
    {
        foreach (var box in _layout.Meta)
        {
            switch (box.Type)
            {
                // Already read to the end, by the layout.
                case "pitm" or "iloc" or "iref":
                    break;
                case "iinf":
                    ScrubItems();
                    break;
                case "hdlr" when box.Length >= 24:
                    Clear((box.Content + 12)..box.End);
                    break;
                case "idat":
                    ClearUnused(box);
                    break;
                case "iprp":
                    ScrubProperties(box);
                    break;
                case "grpl":
                    ScrubGroups(box);
                    break;
                default:
                    Free(box);
                    break;
            }
        }
    }

    /// <summary>An item that is dropped gets a type that no reader looks for. No item keeps its name.</summary>
    private void ScrubItems()
    {
        foreach (var item in _layout.Items.All)
        {
            Clear((item.TypeAt + 4)..item.EntryEnd);
            if (!_layout.IsKept(item))
            {
                "free"u8.CopyTo(_copy.AsSpan(item.TypeAt));
            }
        }
    }

    private void ScrubProperties(IsoBox iprp)
    {
        foreach (var box in HeifBoxes.Within(iprp, _copy))
        {
            if (box.Is("ipco"u8))
            {
                HeifBoxes.Within(box, _copy).ForEach(ScrubProperty);
            }
            else if (!box.Is("ipma"u8))
            {
                Free(box);
            }
        }
    }

    private void ScrubProperty(IsoBox property)
    {
        var kept = HeifAllowList.KeptBytes(property.Type, _copy.AsSpan()[property.Range]);
        if (kept > 0)
        {
            Clear((property.Content + kept)..property.End);
            if (property.Is("hvcC"u8))
            {
                HevcUnits.ScrubConfiguration(_copy.AsSpan()[property.Range]);
            }
        }
        else
        {
            Free(property);
        }
    }

    private void ScrubGroups(IsoBox grpl)
    {
        foreach (var group in HeifBoxes.Within(grpl, _copy))
        {
            if (!HeifAllowList.AllowsGroup(group.Type, _copy.AsSpan()[group.Range]))
            {
                Free(group);
            }
        }
    }

    /// <summary>Clears everything in a box but pixels.</summary>
    private void ClearUnused(IsoBox box)
    {
        var position = box.Content;
        for (var index = _layout.FirstPixelsFrom(position); index < _layout.Pixels.Count && _layout.Pixels[index].Start.Value < box.End; index++)
        {
            Clear(position.._layout.Pixels[index].Start);
            position = _layout.Pixels[index].End.Value;
        }

        Clear(position..box.End);
    }

    private void ScrubUnits()
    {
        var pictures = _layout.Items.All.Where(item => item.Type is "av01" or "hvc1" && _layout.IsKept(item)).ToList();
        Require(pictures.Sum(static item => item.Length) <= MaxShares * _copy.LongLength);
        pictures.ForEach(item => HeifExtents.Change(_copy, item, item.Type is "av01" ? static units => Av1Units.Scrub(units) : static units => HevcUnits.Scrub(units)));
    }

    /// <summary>The proof that nothing is left of the items that are dropped: the bytes of one may have been kept for another item.</summary>
    private void RequireEmpty(ReadOnlySpan<byte> scrubbed)
    {
        foreach (var extent in HeifExtents.Merge(_layout.Items.All.Where(item => !_layout.IsKept(item)).SelectMany(static item => item.Extents)))
        {
            var end = Math.Min(extent.End.Value, scrubbed.Length);
            Require(extent.Start.Value >= end || !scrubbed[extent.Start.Value..end].ContainsAnyExcept((byte)0));
        }
    }

    private void Free(IsoBox box)
    {
        "free"u8.CopyTo(_copy.AsSpan()[box.TypeRange]);
        Clear(box.Range);
    }

    private void Clear(Range range) => _copy.AsSpan()[range].Clear();

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw Damage.CorruptHeif();
        }
    }
}
