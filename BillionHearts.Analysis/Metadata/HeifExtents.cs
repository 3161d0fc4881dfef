using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Ranges of bytes in a file.</summary>
internal static class HeifExtents
{
    /// <summary>In order of their position, those that touch or overlap as one.</summary>
    public static List<Range> Merge(IEnumerable<Range> extents)
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

    /// <summary>Lets the bytes of an item be changed as if they were in one piece.</summary>
    /// <exception cref="UnusableImageException">Its pieces overlap, and could not be written back without conflict.</exception>
    public static void Change(Span<byte> file, HeifItem item, Action<byte[]> change)
    {
        if (Merge(item.Extents).Sum(static extent => (long)Length(extent)) != item.Length)
        {
            throw Damage.CorruptHeif();
        }

        var bytes = new byte[item.Length];
        var place = 0;
        foreach (var piece in item.Extents)
        {
            file[piece].CopyTo(bytes.AsSpan(place));
            place += Length(piece);
        }

        change(bytes);

        place = 0;
        foreach (var piece in item.Extents)
        {
            bytes.AsSpan(place, Length(piece)).CopyTo(file[piece]);
            place += Length(piece);
        }
    }

    public static int Length(Range extent) => extent.End.Value - extent.Start.Value;
}
