namespace BillionHearts.Analysis.Metadata;

/// <summary>Ranges of bytes in a file.</summary>
internal static class AvifExtents
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

    public static int Length(Range extent) => extent.End.Value - extent.Start.Value;
}
