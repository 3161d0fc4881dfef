using System.Buffers.Binary;
using System.Text;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// Keeps every byte where it is, because the file is full of addresses, and makes noughts of all that is not on the list:
/// whatever no picture refers to in the data, metadata within the pixels, names of items, properties that change nothing, and boxes of other kinds.
/// </summary>
internal sealed class AvifScrubber
{
    private const int MaxBrandBytes = 256;

    // Equal tiles of a picture may share their bytes.
    private const int MaxShares = 16;

    private static readonly HashSet<string> s_auxiliaries =
        ["urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:mpegB:cicp:systems:auxiliary:depth", "urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:hevc:2015:auxid:2"];

    private static readonly HashSet<string> s_brands = ["avif", "avis", "avio", "mif1", "mif2", "mif3", "miaf", "MA1A", "MA1B", "tmap", "1pic"];

    private readonly byte[] _copy;
    private readonly List<IsoBox> _boxes;
    private readonly IsoBox _meta;
    private readonly AvifItems _items;
    private readonly HashSet<uint> _kept;
    private readonly List<Range> _pixels;

    private AvifScrubber(byte[] file)
    {
        _copy = file.AsSpan().ToArray();
        _boxes = AvifBoxes.Outermost(file) is { Count: > 0 } boxes ? boxes : throw Damage.Corrupt(FormatName.Avif);
        _meta = _boxes.FindAll(static box => box.Type is "meta") is [var meta] ? meta : throw Incomplete(file, _boxes);
        if (_boxes[0] is not { Type: "ftyp", Length: >= 8 and <= MaxBrandBytes })
        {
            throw Damage.Corrupt(FormatName.Avif);
        }

        if (_boxes.Exists(static box => box.Type is "moov" or "moof"))
        {
            // Its tracks have tables, times and names of their own.
            throw new UnusableImageException(FailureReason.Unsupported, "The file is an AVIF image sequence; only single AVIF images can be freed of their metadata.");
        }

        _items = AvifItems.Read(file, _meta);
        _kept = Pictures();
        _pixels = Merged(_items.All.Where(item => _kept.Contains(item.Id)).SelectMany(static item => item.Extents));
    }

    public static byte[] Scrub(byte[] file) => new AvifScrubber(file).Scrub();

    private byte[] Scrub()
    {
        var end = EndOfPicture();
        foreach (var box in _boxes.Where(box => box.Start < end))
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
        var scrubbed = _copy.AsSpan(0, end);
        RequireEmpty(scrubbed);
        return scrubbed.ToArray();
    }

    private static UnusableImageException Incomplete(byte[] file, List<IsoBox> boxes) =>
        boxes[^1].End < file.Length && !boxes.Exists(static box => box.Type is "meta")
            ? Damage.Truncated(file.Length)
            : Damage.Corrupt(FormatName.Avif);

    /// <summary>The items that are pixels, or make a picture of other items, except thumbnails and what only they are made of.</summary>
    private HashSet<uint> Pictures()
    {
        var kept = _items.All.Where(static item => item.Type is "av01" or "grid" or "iden" or "iovl" or "tmap").Select(static item => item.Id).ToHashSet();
        var inputs = _items.References.Where(static reference => reference.Type is "dimg").ToLookup(static reference => reference.From, static reference => reference.To);
        var helpers = _items.References.Where(static reference => reference.Type is "auxl").ToLookup(static reference => reference.To, static reference => reference.From);

        var dropped = new Queue<uint>(_items.References.Where(static reference => reference.Type is "thmb").Select(static reference => reference.From));
        while (dropped.TryDequeue(out var id))
        {
            if (kept.Remove(id))
            {
                foreach (var part in inputs[id].Concat(helpers[id]))
                {
                    dropped.Enqueue(part);
                }
            }
        }

        // Nothing that is shown may be among what goes.
        var isWhole = kept.Contains(_items.Primary.Id) && _items.References.TrueForAll(
            reference => reference.Type is not "dimg" || !kept.Contains(reference.From) || kept.Contains(reference.To));
        return isWhole && _items.Primary.Extents.Count > 0 ? kept : throw Damage.Corrupt(FormatName.Avif);
    }

    private static List<Range> Merged(IEnumerable<Range> extents)
    {
        var merged = new List<Range>();
        foreach (var extent in extents.OrderBy(static extent => extent.Start.Value))
        {
            if (merged.Count > 0 && extent.Start.Value <= merged[^1].End.Value)
            {
                merged[^1] = merged[^1].Start..Math.Max(merged[^1].End.Value, extent.End.Value);
            }
            else
            {
                merged.Add(extent);
            }
        }

        return merged;
    }

    /// <summary>Where the last box ends that the picture needs. All of its pixels must be in the boxes for data.</summary>
    private int EndOfPicture()
    {
        var end = Math.Max(_boxes[0].End, _meta.End);
        var containers = _boxes.FindAll(static box => box.Type is "mdat");
        containers.AddRange(AvifBoxes.Within(_meta, _copy, skip: 4).Where(static box => box.Type is "idat"));
        containers.Sort(static (one, other) => one.Start.CompareTo(other.Start));

        var place = 0;
        foreach (var pixels in _pixels)
        {
            while (place < containers.Count && containers[place].End < pixels.End.Value)
            {
                place++;
            }

            if (place == containers.Count)
            {
                throw _boxes[^1].End < _copy.Length ? Damage.Truncated(_copy.Length) : Damage.Corrupt(FormatName.Avif);
            }

            if (containers[place].Content > pixels.Start.Value)
            {
                throw Damage.Corrupt(FormatName.Avif);
            }

            // The length of a box may be left open, and then it ends with the file.
            end = Math.Max(end, containers[place].IsOpen ? pixels.End.Value : containers[place].End);
        }

        return end;
    }

    // brand · version of it · brands*
    private void ScrubBrands(IsoBox ftyp)
    {
        if (ftyp.Length % 4 is not 0)
        {
            throw Damage.Corrupt(FormatName.Avif);
        }

        Clear((ftyp.Content + 4)..(ftyp.Content + 8));
        for (var position = ftyp.Content; position < ftyp.End; position += position == ftyp.Content ? 8 : 4)
        {
            var brand = _copy.AsSpan(position, 4);
            if (!s_brands.Contains(Encoding.Latin1.GetString(brand)))
            {
                "mif1"u8.CopyTo(brand);
            }
        }
    }

    private void ScrubMeta()
    {
        foreach (var box in AvifBoxes.Within(_meta, _copy, skip: 4))
        {
            switch (box.Type)
            {
                // Read, and to their ends, when the items were.
                case "pitm" or "iloc" or "iref":
                    break;
                case "iinf":
                    ScrubNames();
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

    /// <summary>An item that goes gets a type that nobody looks for, and none keeps its name.</summary>
    private void ScrubNames()
    {
        foreach (var item in _items.All)
        {
            Clear((item.TypeAt + 4)..item.EntryEnd);
            if (!_kept.Contains(item.Id))
            {
                "free"u8.CopyTo(_copy.AsSpan(item.TypeAt));
            }
        }
    }

    private void ScrubProperties(IsoBox iprp)
    {
        foreach (var box in AvifBoxes.Within(iprp, _copy))
        {
            if (box.Type is "ipco")
            {
                foreach (var property in AvifBoxes.Within(box, _copy))
                {
                    ScrubProperty(property);
                }
            }
            else if (box.Type is "ipma")
            {
                RequireAssociations(box);
            }
            else
            {
                Free(box);
            }
        }
    }

    private void ScrubProperty(IsoBox property)
    {
        var content = _copy.AsSpan()[property.Range];
        var isKnown = property.Type switch
        {
            "ispe" => content.Length is 12,
            "pixi" => content.Length >= 5 && content.Length == 5 + content[4],
            "av1C" => content.Length is >= 4 and <= 1024,
            "colr" => IsColour(property, content),
            "auxC" => content.Length > 5 && content[^1] is 0 && s_auxiliaries.Contains(Encoding.Latin1.GetString(content[4..^1])),
            "irot" or "imir" or "a1op" => content.Length is 1,
            "lsel" => content.Length is 2,
            "clli" => content.Length is 4,
            "pasp" or "amve" => content.Length is 8,
            "a1lx" => content.Length is 7 or 13,
            "mdcv" => content.Length is 24,
            "clap" => content.Length is 32,
            _ => false,
        };
        if (!isKnown)
        {
            Free(property);
        }
    }

    private bool IsColour(IsoBox property, ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("nclx"u8))
        {
            return content.Length is 11;
        }

        if (!content.StartsWith("prof"u8) && !content.StartsWith("rICC"u8))
        {
            return false;
        }

        var profile = IccProfile.Of(content[4..]);
        Clear((property.Content + 4 + profile.Length)..property.End);
        return !profile.IsEmpty;
    }

    // version and flags · number of items · (id · number · (index, of 8 or 16 bits)*)*
    private void RequireAssociations(IsoBox ipma)
    {
        var reader = new IsoReader(_copy.AsSpan()[ipma.Range]);
        var (version, flags) = reader.ReadVersion();
        for (var left = reader.ReadUInt32(); left > 0 && !reader.IsMalformed; left--)
        {
            reader.ReadId(version > 0);
            reader.Take(reader.ReadByte() * ((flags & 1) is 0 ? 1 : 2));
        }

        if (!reader.IsComplete)
        {
            throw Damage.Corrupt(FormatName.Avif);
        }
    }

    // (type: version · id · number of items · id*)*
    private void ScrubGroups(IsoBox grpl)
    {
        foreach (var group in AvifBoxes.Within(grpl, _copy))
        {
            var isKnown = group is { Type: "altr" or "ster", Length: >= 12 }
                && BinaryPrimitives.ReadUInt32BigEndian(_copy.AsSpan(group.Content + 8)) == (group.Length - 12) / 4.0;
            if (!isKnown)
            {
                Free(group);
            }
        }
    }

    /// <summary>Leaves the pixels that are in a box, and nothing between them.</summary>
    private void ClearUnused(IsoBox box)
    {
        var position = box.Content;
        var index = _pixels.BinarySearch(position..position, Comparer<Range>.Create(static (one, other) => one.Start.Value.CompareTo(other.Start.Value)));
        for (index = index < 0 ? ~index : index; index < _pixels.Count && _pixels[index].Start.Value < box.End; index++)
        {
            Clear(position.._pixels[index].Start);
            position = _pixels[index].End.Value;
        }

        Clear(position..box.End);
    }

    private void ScrubUnits()
    {
        var pictures = _items.All.Where(item => item.Type is "av01" && _kept.Contains(item.Id)).ToList();
        if (pictures.Sum(static item => item.Length) > MaxShares * _copy.LongLength)
        {
            throw Damage.Corrupt(FormatName.Avif);
        }

        foreach (var item in pictures)
        {
            // Its pieces are put together, and back where they were; a byte that is in two of them could come back otherwise.
            if (Merged(item.Extents).Sum(static extent => extent.End.Value - (long)extent.Start.Value) != item.Length)
            {
                throw Damage.Corrupt(FormatName.Avif);
            }

            var picture = new byte[item.Length];
            CopyPieces(item, (piece, place) => _copy.AsSpan()[piece].CopyTo(picture.AsSpan(place)));
            Av1Units.Scrub(picture);
            CopyPieces(item, (piece, place) => picture.AsSpan(place, piece.End.Value - piece.Start.Value).CopyTo(_copy.AsSpan(piece.Start.Value)));
        }
    }

    private static void CopyPieces(AvifItem item, Action<Range, int> copy)
    {
        var place = 0;
        foreach (var piece in item.Extents)
        {
            copy(piece, place);
            place += piece.End.Value - piece.Start.Value;
        }
    }

    /// <summary>The proof that what is left of an item is nothing: its place may have been one that was kept for another reason.</summary>
    private void RequireEmpty(ReadOnlySpan<byte> scrubbed)
    {
        foreach (var extent in Merged(_items.All.Where(item => !_kept.Contains(item.Id)).SelectMany(static item => item.Extents)))
        {
            var end = Math.Min(extent.End.Value, scrubbed.Length);
            if (extent.Start.Value < end && scrubbed[extent.Start.Value..end].ContainsAnyExcept((byte)0))
            {
                throw Damage.Corrupt(FormatName.Avif);
            }
        }
    }

    private void Free(IsoBox box)
    {
        "free"u8.CopyTo(_copy.AsSpan()[box.TypeRange]);
        Clear(box.Range);
    }

    private void Clear(Range range) => _copy.AsSpan()[range].Clear();
}
