using System.Buffers.Binary;
using BillionHearts.Analysis.Metadata;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Imaging.Heic;

/// <summary>
/// What must be decoded for the picture of a HEIC: the pictures that it is made of, such as the tiles of a grid, each as often as it is used, and their
/// transparency. Read from the tables alone, because a file of a few bytes may list a thousand tiles of any size.
/// </summary>
internal sealed class HeicParts
{
    // 200 megapixels in tiles of 512 × 512 are 763.
    private const int MaxPictures = 2000;
    private const int MaxDepth = 4;
    private const long Margin = 64; // The largest block of HEVC.
    private const long MaxSide = 1 << 20; // Only so that sums stay numbers: what is allowed is decided elsewhere.

    private readonly HeifItems _items;
    private readonly HeifProperties _properties;
    private readonly ILookup<uint, uint> _inputs;
    private readonly ILookup<uint, uint> _transparency;
    private readonly HashSet<uint> _checked = [];
    private int _steps;

    private HeicParts(ReadOnlySpan<byte> file, IsoBox meta)
    {
        _items = HeifItems.Read(file, meta);
        _properties = HeifProperties.Read(file, HeifBoxes.Within(meta, file, skip: 4));
        _inputs = _items.References.Where(static reference => reference.Type is "dimg").ToLookup(static reference => reference.From, static reference => reference.To);
        var alpha = Alpha(file);
        _transparency = _items.References.Where(reference => reference.Type is "auxl" && alpha.Contains(reference.From))
            .ToLookup(static reference => reference.To, static reference => reference.From);
        Add(file, _items.Primary.Id, depth: 0);
    }

    /// <summary>How many pictures are compressed on their own.</summary>
    public int Pictures { get; private set; }

    /// <summary>The pixels of all of them.</summary>
    public long Pixels { get; private set; }

    /// <summary>The pixels of the largest one.</summary>
    public long LargestPixels { get; private set; }

    /// <summary>The longest side of any of them.</summary>
    public uint LongestSide { get; private set; }

    /// <summary>The <c>chroma_format_idc</c> of the first of them: 0 for grey, then 4:2:0, 4:2:2 and 4:4:4.</summary>
    public int Chroma { get; private set; }

    /// <summary>Memory for one pixel as HEVC has it, without transparency. A sample of more than 8 bits takes two bytes.</summary>
    public double BytesPerPixel { get; private set; }

    /// <exception cref="UnusableImageException">The tables are damaged, or list too many pictures or pictures of another codec.</exception>
    public static HeicParts Read(ReadOnlySpan<byte> file)
    {
        var boxes = HeifBoxes.Outermost(file);
        return boxes.FindAll(static box => box.Is("meta"u8)) switch
        {
            [var meta] => new HeicParts(file, meta),
            [] when boxes is not [.., var last] || last.End < file.Length => throw Damage.Truncated(file.Length),
            _ => throw Damage.CorruptHeif(),
        };
    }

    private void Add(ReadOnlySpan<byte> file, uint id, int depth)
    {
        if (++_steps > 2 * MaxPictures)
        {
            throw TooMany();
        }

        if (depth > MaxDepth || _items.Find(id) is not { } item)
        {
            throw Damage.CorruptHeif();
        }

        if (item.Type is "hvc1")
        {
            AddPicture(file, item);
        }
        else if (item.Type is not ("grid" or "iovl" or "iden"))
        {
            throw new UnusableImageException(
                FailureReason.Unsupported, $"The file is a HEIF image whose picture has the type '{CleanText.Of(item.Type)}'; only HEVC ('hvc1') is supported.");
        }

        foreach (var part in _inputs[id].Concat(_transparency[id]))
        {
            Add(file, part, depth + 1);
        }
    }

    private void AddPicture(ReadOnlySpan<byte> file, HeifItem item)
    {
        if (++Pictures > MaxPictures)
        {
            throw TooMany();
        }

        // ispe: version · width · height
        var (size, codec) = (_properties.Of(item.Id, "ispe").FirstOrDefault(), _properties.Of(item.Id, "hvcC").FirstOrDefault());
        if (size.Length is not 12 || !HevcUnits.IsConfiguration(file[codec.Range]))
        {
            throw Damage.CorruptHeif();
        }

        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(file[(size.Content + 4)..]), BinaryPrimitives.ReadUInt32BigEndian(file[(size.Content + 8)..]));
        var configuration = file[codec.Range];
        if (_checked.Add(item.Id))
        {
            var picture = Whole(file, item);
            RequireSize(configuration, HevcUnits.Units(configuration) ?? [], width, height);
            RequireSize(picture, HevcUnits.Within(picture), width, height);
        }

        // hvcC: … · kind of colour at 16 · bits above 8 at 17
        var chroma = configuration[16] & 3;
        var samples = chroma switch { 0 => 1, 1 => 1.5, 2 => 2, _ => 3 };
        Chroma = Pictures is 1 ? chroma : Chroma;
        BytesPerPixel = Math.Max(BytesPerPixel, samples * ((configuration[17] & 7) is 0 ? 1 : 2));

        var pixels = Math.Min(width, MaxSide) * Math.Min(height, MaxSide);
        Pixels += pixels;
        LargestPixels = Math.Max(LargestPixels, pixels);
        LongestSide = Math.Max(LongestSide, Math.Max(width, height));
    }

    /// <summary>The decoder will make a picture of the size that the tables say, or one with a margin, which is cut off.</summary>
    private static void RequireSize(ReadOnlySpan<byte> bytes, List<Range> units, uint width, uint height)
    {
        foreach (var unit in units)
        {
            if (HevcSequence.Is(bytes[unit]) && HevcSequence.SizeOf(bytes[unit]) is var size && (size.Width > width + Margin || size.Height > height + Margin))
            {
                throw Damage.CorruptHeif();
            }
        }
    }

    private static ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> file, HeifItem item)
    {
        if (item.Extents is [var extent])
        {
            return file[extent];
        }

        var bytes = new byte[item.Length <= file.Length ? item.Length : throw Damage.CorruptHeif()];
        var place = 0;
        foreach (var part in item.Extents)
        {
            file[part].CopyTo(bytes.AsSpan(place));
            place += HeifExtents.Length(part);
        }

        return bytes;
    }

    /// <summary>The items whose <c>auxC</c> property says that they are the transparency of another one.</summary>
    private HashSet<uint> Alpha(ReadOnlySpan<byte> file)
    {
        var alpha = new HashSet<uint>();
        foreach (var item in _items.All)
        {
            foreach (var property in _properties.Of(item.Id, "auxC"))
            {
                if (file[property.Range].IndexOf("auxid:1"u8) > 0 || file[property.Range].IndexOf("auxiliary:alpha"u8) > 0)
                {
                    alpha.Add(item.Id);
                }
            }
        }

        return alpha;
    }

    private static UnusableImageException TooMany() =>
        new(FailureReason.TooLarge, $"The HEIC image is made of more than {MaxPictures} pictures, the maximum.");
}
