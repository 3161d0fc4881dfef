using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Which properties each item of a HEIF file has: <c>iprp( ipco( property* ) · ipma* )</c>.</summary>
internal sealed class HeifProperties
{
    private const int MaxAssociations = 100_000;

    private readonly Dictionary<uint, List<IsoBox>> _properties = [];
    private int _associations;

    private HeifProperties()
    {
    }

    /// <exception cref="UnusableImageException">A table cannot be read to its end.</exception>
    public static HeifProperties Read(ReadOnlySpan<byte> file, IEnumerable<IsoBox> meta)
    {
        var list = new HeifProperties();
        foreach (var iprp in meta.Where(static box => box.Is("iprp"u8)))
        {
            var boxes = HeifBoxes.Within(iprp, file);
            var container = boxes.FindAll(static box => box.Is("ipco"u8));
            var properties = container is [var ipco] ? HeifBoxes.Within(ipco, file) : throw Damage.CorruptHeif();
            foreach (var ipma in boxes.Where(static box => box.Is("ipma"u8)))
            {
                list.Add(new IsoReader(file[ipma.Range]), properties);
            }
        }

        return list;
    }

    /// <summary>The properties of an item that are of this type.</summary>
    public IEnumerable<IsoBox> Of(uint item, string type) =>
        _properties.TryGetValue(item, out var properties) ? properties.Where(property => property.Type == type) : [];

    // version and flags · number of items · (id · number · (index, of 8 or 16 bits, the first of which says "essential")*)*
    private void Add(IsoReader reader, List<IsoBox> properties)
    {
        var (version, flags) = reader.ReadVersion();
        for (var items = reader.ReadUInt32(); items > 0 && !reader.IsMalformed; items--)
        {
            var id = reader.ReadId(version > 0);
            _associations++;
            if (!_properties.TryGetValue(id, out var list))
            {
                _properties.Add(id, list = []);
            }

            for (var left = reader.ReadByte(); left > 0; left--)
            {
                var index = (flags & 1) is 0 ? reader.ReadByte() & 0x7F : reader.ReadUInt16() & 0x7FFF;
                if (index > properties.Count || ++_associations > MaxAssociations)
                {
                    throw Damage.CorruptHeif();
                }

                // 0 is no property.
                list.AddRange(index is 0 ? [] : [properties[index - 1]]);
            }
        }

        if (!reader.IsComplete)
        {
            throw Damage.CorruptHeif();
        }
    }
}
