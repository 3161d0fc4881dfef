using System.Text;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>What the <c>meta</c> box of a HEIF file lists: items, each with its type, and where their bytes are.</summary>
internal sealed class HeifItems
{
    private const int MaxExtents = 100_000;
    private const int MaxReferences = 100_000;

    private readonly Dictionary<uint, HeifItem> _items = [];

    private HeifItems()
    {
    }

    public IReadOnlyCollection<HeifItem> All => _items.Values;

    public required HeifItem Primary { get; init; }

    public List<HeifReference> References { get; } = [];

    public HeifItem? Find(uint id) => _items.GetValueOrDefault(id);

    /// <exception cref="UnusableImageException">A list cannot be read to its end.</exception>
    public static HeifItems Read(ReadOnlySpan<byte> file, IsoBox meta)
    {
        var boxes = HeifBoxes.Within(meta, file, skip: 4);
        var items = new Dictionary<uint, HeifItem>();
        ReadItems(file, Only(boxes, "iinf") ?? throw Damage.CorruptHeif(), items);
        ReadLocations(file, Only(boxes, "iloc") ?? throw Damage.CorruptHeif(), Only(boxes, "idat"), items);

        var pitm = new IsoReader(file[(Only(boxes, "pitm") ?? throw Damage.CorruptHeif()).Range]);
        var primary = pitm.ReadId(pitm.ReadVersion().Version > 0);
        if (!pitm.IsComplete || !items.TryGetValue(primary, out var item))
        {
            throw Damage.CorruptHeif();
        }

        var list = new HeifItems { Primary = item };
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
        _ => throw Damage.CorruptHeif(),
    };

    // version · number of items · (infe: version · id · protection · type · name …)*
    private static void ReadItems(ReadOnlySpan<byte> file, IsoBox iinf, Dictionary<uint, HeifItem> items)
    {
        var head = new IsoReader(file[iinf.Range]);
        var isLong = head.ReadVersion().Version > 0;
        var count = head.ReadId(isLong);
        var entries = HeifBoxes.Within(iinf, file, skip: isLong ? 8 : 6);
        if (head.IsMalformed || entries.Count != count)
        {
            throw Damage.CorruptHeif();
        }

        foreach (var entry in entries)
        {
            var reader = new IsoReader(file[entry.Range]);
            var version = reader.ReadVersion().Version;
            if (entry.Type is not "infe" || version is not (2 or 3))
            {
                throw Damage.CorruptHeif();
            }

            var id = reader.ReadId(version is 3);
            reader.ReadUInt16();
            var item = new HeifItem(id, Encoding.Latin1.GetString(reader.Take(4)), entry.Content + (version is 3 ? 10 : 8), entry.End);
            if (reader.IsMalformed || !items.TryAdd(id, item))
            {
                throw Damage.CorruptHeif();
            }
        }
    }

    // version · sizes of the numbers · number of items · (id · method? · file · base · number of extents · (index? · offset · length)*)*
    private static void ReadLocations(ReadOnlySpan<byte> file, IsoBox iloc, IsoBox? idat, Dictionary<uint, HeifItem> items)
    {
        var reader = new IsoReader(file[iloc.Range]);
        var version = reader.ReadVersion().Version;
        if (version > 2)
        {
            throw Damage.CorruptHeif();
        }

        var sizes = reader.ReadUInt16();
        int offsetBytes = sizes >> 12, lengthBytes = (sizes >> 8) & 15, baseBytes = (sizes >> 4) & 15, indexBytes = version is 0 ? 0 : sizes & 15;
        var extents = 0;
        for (var left = reader.ReadId(version is 2); left > 0 && !reader.IsMalformed; left--)
        {
            var id = reader.ReadId(version is 2);
            var method = version is 0 ? 0 : reader.ReadUInt16() & 15;
            var isElsewhere = reader.ReadUInt16() is not 0;
            var start = reader.ReadNumber(baseBytes);
            var count = reader.ReadUInt16();
            if (isElsewhere || method > 1 || (method is 1 && idat is null) || (extents += count) > MaxExtents
                || !items.TryGetValue(id, out var item) || item.Extents.Count > 0)
            {
                throw Damage.CorruptHeif();
            }

            var source = method is 1 ? idat!.Value.Range : ..file.Length;
            for (var extent = 0; extent < count && !reader.IsMalformed; extent++)
            {
                reader.ReadNumber(indexBytes);
                item.Extents.Add(Extent(source, start, reader.ReadNumber(offsetBytes), reader.ReadNumber(lengthBytes), file.Length));
            }
        }

        if (!reader.IsComplete)
        {
            throw Damage.CorruptHeif();
        }
    }

    /// <summary>A length of 0 means the rest of the source.</summary>
    private static Range Extent(Range source, ulong start, ulong offset, ulong length, int fileLength)
    {
        var available = (ulong)(source.End.Value - source.Start.Value);
        if (start > available || offset > available - start || length > available - start - offset)
        {
            throw source.End.Value == fileLength ? Damage.Truncated(fileLength) : Damage.CorruptHeif();
        }

        var begin = source.Start.Value + (int)(start + offset);
        return begin..(length is 0 ? source.End.Value : begin + (int)length);
    }

    // version · (type: from · number · to*)*
    private static void ReadReferences(ReadOnlySpan<byte> file, IsoBox iref, List<HeifReference> references)
    {
        var isLong = new IsoReader(file[iref.Range]).ReadVersion().Version > 0;
        foreach (var box in HeifBoxes.Within(iref, file, skip: 4))
        {
            var reader = new IsoReader(file[box.Range]);
            var from = reader.ReadId(isLong);
            for (var left = reader.ReadUInt16(); left > 0 && !reader.IsMalformed && references.Count <= MaxReferences; left--)
            {
                references.Add(new HeifReference(box.Type, from, reader.ReadId(isLong)));
            }

            if (!reader.IsComplete || references.Count > MaxReferences)
            {
                throw Damage.CorruptHeif();
            }
        }
    }
}

/// <param name="TypeAt">Where its type is written.</param>
/// <param name="EntryEnd">Where its entry ends: the name and other texts are between.</param>
internal sealed record HeifItem(uint Id, string Type, int TypeAt, int EntryEnd)
{
    private const int MaxContentBytes = 1 << 20;
    private const int MaxParts = 1000;

    /// <summary>Where its bytes are in the file, in order.</summary>
    public List<Range> Extents { get; } = [];

    public long Length => Extents.Sum(static extent => extent.End.Value - (long)extent.Start.Value);

    /// <summary>The content, cut at a maximum: a file may list the same bytes any number of times.</summary>
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

internal sealed record HeifReference(string Type, uint From, uint To);
