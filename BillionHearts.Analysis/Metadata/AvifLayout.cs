using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>What an AVIF consists of and where it lies: its boxes, its items, and the bytes of the pictures that are kept.</summary>
internal sealed class AvifLayout
{
    private readonly HashSet<uint> _kept;

    private AvifLayout(ReadOnlySpan<byte> file, List<IsoBox> boxes, IsoBox meta)
    {
        Boxes = boxes;
        Meta = AvifBoxes.Within(meta, file, skip: 4);
        Items = AvifItems.Read(file, meta);
        RequireAssociations(file);
        _kept = AvifAllowList.Pictures(Items);
        Pixels = AvifExtents.Merge(Items.All.Where(IsKept).SelectMany(static item => item.Extents));
        End = FindEnd(file, meta);
    }

    /// <summary>The outermost boxes.</summary>
    public IReadOnlyList<IsoBox> Boxes { get; }

    /// <summary>The boxes within <c>meta</c>.</summary>
    public IReadOnlyList<IsoBox> Meta { get; }

    public AvifItems Items { get; }

    /// <summary>The bytes of all items that are kept, merged and in order.</summary>
    public List<Range> Pixels { get; }

    /// <summary>Where the last box ends that the picture needs.</summary>
    public int End { get; }

    /// <exception cref="UnusableImageException">The file is damaged, cut off, or a sequence of images.</exception>
    public static AvifLayout Read(ReadOnlySpan<byte> file)
    {
        var boxes = AvifBoxes.Outermost(file);
        var metas = boxes.FindAll(static box => box.Is("meta"u8));
        if (metas is not [var meta])
        {
            throw metas is [] && IsCutOff(file, boxes) ? Damage.Truncated(file.Length) : Damage.Corrupt(FormatName.Avif);
        }

        if (!boxes[0].Is("ftyp"u8))
        {
            throw Damage.Corrupt(FormatName.Avif);
        }

        if (boxes.Exists(static box => box.Is("moov"u8) || box.Is("moof"u8)))
        {
            // Its tracks have tables, times and names, which are not handled.
            throw new UnusableImageException(FailureReason.Unsupported, "The file is an AVIF image sequence. Metadata can only be removed from single AVIF images.");
        }

        return new AvifLayout(file, boxes, meta);
    }

    /// <summary>Index of the first of <see cref="Pixels"/> that begins there or later.</summary>
    public int FirstPixelsFrom(int position)
    {
        var index = Pixels.BinarySearch(position..position, Comparer<Range>.Create(static (one, other) => one.Start.Value.CompareTo(other.Start.Value)));
        return index < 0 ? ~index : index;
    }

    public bool IsKept(AvifItem item) => _kept.Contains(item.Id);

    private static bool IsCutOff(ReadOnlySpan<byte> file, IReadOnlyList<IsoBox> boxes) => boxes is [.., var last] && last.End < file.Length;

    /// <summary>The tables that say which properties an item has must have nothing after them.</summary>
    // version and flags · number of items · (id · number · (index, of 8 or 16 bits)*)*
    private void RequireAssociations(ReadOnlySpan<byte> file)
    {
        foreach (var iprp in Meta.Where(static box => box.Is("iprp"u8)))
        {
            foreach (var ipma in AvifBoxes.Within(iprp, file).Where(static box => box.Is("ipma"u8)))
            {
                var reader = new IsoReader(file[ipma.Range]);
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
        }
    }

    /// <summary>All pixels must lie in boxes for data.</summary>
    private int FindEnd(ReadOnlySpan<byte> file, IsoBox meta)
    {
        var end = Math.Max(Boxes[0].End, meta.End);
        var containers = Boxes.Where(static box => box.Is("mdat"u8)).Concat(Meta.Where(static box => box.Is("idat"u8)))
            .OrderBy(static box => box.Start).ToList();

        var place = 0;
        foreach (var pixels in Pixels)
        {
            while (place < containers.Count && containers[place].End < pixels.End.Value)
            {
                place++;
            }

            if (place == containers.Count)
            {
                throw IsCutOff(file, Boxes) ? Damage.Truncated(file.Length) : Damage.Corrupt(FormatName.Avif);
            }

            if (containers[place].Content > pixels.Start.Value)
            {
                throw Damage.Corrupt(FormatName.Avif);
            }

            // A box without a size ends with the file, and so contains whatever was appended to it.
            end = Math.Max(end, containers[place].IsOpen ? pixels.End.Value : containers[place].End);
        }

        return end;
    }
}
