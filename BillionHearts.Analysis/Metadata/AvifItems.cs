using System.Text;
using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Analysis.Metadata;

/// <summary>What the <c>meta</c> box of an AVIF lists: items, each with its type, and where their bytes are.</summary>
internal sealed class AvifItems
{
    private const int MaxExtents = 100_000;

    private readonly Dictionary<uint, AvifItem> _items = [];

    private AvifItems()
    {
    }

    public IReadOnlyCollection<AvifItem> All => _items.Values;

    public required AvifItem Primary { get; init; }

    public List<AvifReference> References { get; } = [];

    public AvifItem? Find(uint id) => _items.GetValueOrDefault(id);

    /// <exception cref="UnusableImageException">The lists cannot be read to their ends.</exception>
    public static AvifItems Read(ReadOnlySpan<byte> file, IsoBox meta)
    {
        var boxes = meta.Children(file, skip: 4);
        var items = new Dictionary<uint, AvifItem>();
        ReadItems(file, Only(boxes, "iinf") ?? throw Damage.Corrupt(ImageFormats.Avif), items);
        ReadLocations(file, Only(boxes, "iloc") ?? throw Damage.Corrupt(ImageFormats.Avif), Only(boxes, "idat"), items);

        var pitm = new IsoReader(file[(Only(boxes, "pitm") ?? throw Damage.Corrupt(ImageFormats.Avif)).Range]);
        var primary = pitm.Id(pitm.Version() > 0);
        if (!pitm.IsEmpty || !items.TryGetValue(primary, out var item))
        {
            throw Damage.Corrupt(ImageFormats.Avif);
        }

        var list = new AvifItems { Primary = item };
        foreach (var (id, value) in items)
        {
            list._items.Add(id, value);
        }

        if (Only(boxes, "iref") is { } references)
        {
            ReadReferences(file, references, list.References);
        }

        return list;
    }

    private static IsoBox? Only(List<IsoBox> boxes, string type) => boxes.FindAll(box => box.Type == type) switch
    {
        [] => null,
        [var box] => box,
        _ => throw Damage.Corrupt(ImageFormats.Avif),
    };

    // version · number of items · (infe: version · id · protection · type · name …)*
    private static void ReadItems(ReadOnlySpan<byte> file, IsoBox iinf, Dictionary<uint, AvifItem> items)
    {
        var head = new IsoReader(file[iinf.Range]);
        var isLong = head.Version() > 0;
        var count = head.Id(isLong);
        var entries = iinf.Children(file, skip: isLong ? 8 : 6);
        if (entries.Count != count)
        {
            throw Damage.Corrupt(ImageFormats.Avif);
        }

        foreach (var entry in entries)
        {
            var reader = new IsoReader(file[entry.Range]);
            var version = reader.Version();
            if (entry.Type is not "infe" || version is not (2 or 3))
            {
                throw Damage.Corrupt(ImageFormats.Avif);
            }

            var id = reader.Id(version is 3);
            reader.Short();
            var item = new AvifItem(id, Encoding.Latin1.GetString(reader.Take(4)), entry.Content + (version is 3 ? 10 : 8), entry.End);
            if (!items.TryAdd(id, item))
            {
                throw Damage.Corrupt(ImageFormats.Avif);
            }
        }
    }

    // version · sizes of the numbers · number of items · (id · method? · file · base · number of extents · (index? · offset · length)*)*
    private static void ReadLocations(ReadOnlySpan<byte> file, IsoBox iloc, IsoBox? idat, Dictionary<uint, AvifItem> items)
    {
        var reader = new IsoReader(file[iloc.Range]);
        var version = reader.Version();
        if (version > 2)
        {
            throw Damage.Corrupt(ImageFormats.Avif);
        }

        var sizes = reader.Short();
        int offsetBytes = sizes >> 12, lengthBytes = (sizes >> 8) & 15, baseBytes = (sizes >> 4) & 15, indexBytes = version is 0 ? 0 : sizes & 15;
        var extents = 0;
        for (var left = reader.Id(version is 2); left > 0; left--)
        {
            var id = reader.Id(version is 2);
            var method = version is 0 ? 0 : reader.Short() & 15;
            var isElsewhere = reader.Short() is not 0;
            var start = reader.Number(baseBytes);
            var count = reader.Short();
            if (isElsewhere || method > 1 || (method is 1 && idat is null) || (extents += count) > MaxExtents
                || !items.TryGetValue(id, out var item) || item.Extents.Count > 0)
            {
                throw Damage.Corrupt(ImageFormats.Avif);
            }

            var source = method is 1 ? idat!.Value.Range : ..file.Length;
            for (var extent = 0; extent < count; extent++)
            {
                reader.Number(indexBytes);
                item.Extents.Add(Extent(source, start, reader.Number(offsetBytes), reader.Number(lengthBytes), file.Length));
            }
        }

        if (!reader.IsEmpty)
        {
            throw Damage.Corrupt(ImageFormats.Avif);
        }
    }

    /// <summary>A length of nought is the rest of the source.</summary>
    private static Range Extent(Range source, ulong start, ulong offset, ulong length, int fileLength)
    {
        var available = (ulong)(source.End.Value - source.Start.Value);
        if (start > available || offset > available - start || length > available - start - offset)
        {
            throw source.End.Value == fileLength ? Damage.Truncated(fileLength) : Damage.Corrupt(ImageFormats.Avif);
        }

        var begin = source.Start.Value + (int)(start + offset);
        return begin..(length is 0 ? source.End.Value : begin + (int)length);
    }

    // version · (type: from · number · to*)*
    private static void ReadReferences(ReadOnlySpan<byte> file, IsoBox iref, List<AvifReference> references)
    {
        var isLong = new IsoReader(file[iref.Range]).Version() > 0;
        foreach (var box in iref.Children(file, skip: 4))
        {
            var reader = new IsoReader(file[box.Range]);
            var from = reader.Id(isLong);
            for (var left = reader.Short(); left > 0; left--)
            {
                references.Add(new AvifReference(box.Type, from, reader.Id(isLong)));
            }

            if (!reader.IsEmpty)
            {
                throw Damage.Corrupt(ImageFormats.Avif);
            }
        }
    }
}

/// <param name="TypeAt">Where its type is written.</param>
/// <param name="EntryEnd">Where its entry ends: the name and other texts are between.</param>
internal sealed record AvifItem(uint Id, string Type, int TypeAt, int EntryEnd)
{
    private const int MaxContentBytes = 1 << 20;
    private const int MaxParts = 1000;

    /// <summary>Places in the file, in the order in which they make the item.</summary>
    public List<Range> Extents { get; } = [];

    public long Length => Extents.Sum(static extent => extent.End.Value - (long)extent.Start.Value);

    /// <summary>As far as there is room for it: a file may name the same bytes as often as it likes.</summary>
    public byte[] Content(ReadOnlySpan<byte> file)
    {
        using var content = new MemoryStream();
        foreach (var extent in Extents.Take(MaxParts))
        {
            var part = file[extent];
            content.Write(part[..(int)Math.Min(part.Length, MaxContentBytes - content.Length)]);
        }

        return content.ToArray();
    }
}

internal sealed record AvifReference(string Type, uint From, uint To);
