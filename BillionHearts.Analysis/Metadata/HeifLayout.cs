using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>What an AVIF or HEIC consists of and where it lies: its boxes, its items, and the bytes of the pictures that are kept.</summary>
internal sealed class HeifLayout
{
    private readonly HashSet<uint> _kept;

    private HeifLayout(ReadOnlySpan<byte> file, List<IsoBox> boxes, IsoBox meta)
    {
        Boxes = boxes;
        Meta = HeifBoxes.Within(meta, file, skip: 4);
        Items = HeifItems.Read(file, meta);
        var properties = HeifProperties.Read(file, Meta);
        _kept = HeifAllowList.Pictures(Items, AuxiliariesToKeep(file, properties));
        Pixels = HeifExtents.Merge(Items.All.Where(IsKept).SelectMany(static item => item.Extents));
        End = FindEnd(file, meta);
    }

    /// <summary>The outermost boxes.</summary>
    public IReadOnlyList<IsoBox> Boxes { get; }

    /// <summary>The boxes within <c>meta</c>.</summary>
    public IReadOnlyList<IsoBox> Meta { get; }

    public HeifItems Items { get; }

    /// <summary>The bytes of all items that are kept, merged and in order.</summary>
    public List<Range> Pixels { get; }

    /// <summary>Where the last box ends that the picture needs.</summary>
    public int End { get; }

    /// <exception cref="UnusableImageException">The file is damaged, cut off, or a sequence of images.</exception>
    public static HeifLayout Read(ReadOnlySpan<byte> file)
    {
        var boxes = HeifBoxes.Outermost(file);
        var metas = boxes.FindAll(static box => box.Is("meta"u8));
        if (metas is not [var meta])
        {
            throw metas is [] && IsCutOff(file, boxes) ? Damage.Truncated(file.Length) : Damage.CorruptHeif();
        }

        if (!boxes[0].Is("ftyp"u8))
        {
            throw Damage.CorruptHeif();
        }

        if (boxes.Exists(static box => box.Is("moov"u8) || box.Is("moof"u8)))
        {
            // Its tracks have tables, times and names, which are not handled.
            throw new UnusableImageException(FailureReason.Unsupported, "The file is a sequence of AVIF or HEIC images. Metadata can only be removed from single images.");
        }

        return new HeifLayout(file, boxes, meta);
    }

    /// <summary>Index of the first of <see cref="Pixels"/> that begins there or later.</summary>
    public int FirstPixelsFrom(int position)
    {
        var index = Pixels.BinarySearch(position..position, Comparer<Range>.Create(static (one, other) => one.Start.Value.CompareTo(other.Start.Value)));
        return index < 0 ? ~index : index;
    }

    public bool IsKept(HeifItem item) => _kept.Contains(item.Id);

    private static bool IsCutOff(ReadOnlySpan<byte> file, IReadOnlyList<IsoBox> boxes) => boxes is [.., var last] && last.End < file.Length;

    /// <summary>The items that belong to another picture and that are kept with it, by their <c>auxC</c> property.</summary>
    private HashSet<uint> AuxiliariesToKeep(ReadOnlySpan<byte> file, HeifProperties properties)
    {
        var kept = new HashSet<uint>();
        foreach (var item in Items.All)
        {
            foreach (var property in properties.Of(item.Id, "auxC"))
            {
                if (HeifAllowList.KeptBytes("auxC", file[property.Range]) > 0)
                {
                    kept.Add(item.Id);
                }
            }
        }

        return kept;
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
                throw IsCutOff(file, Boxes) ? Damage.Truncated(file.Length) : Damage.CorruptHeif();
            }

            if (containers[place].Content > pixels.Start.Value)
            {
                throw Damage.CorruptHeif();
            }

            // A box without a size ends with the file, and so contains whatever was appended to it.
            end = Math.Max(end, containers[place].IsOpen ? pixels.End.Value : containers[place].End);
        }

        return end;
    }
}
