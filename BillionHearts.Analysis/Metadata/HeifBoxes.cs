using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>The boxes of a HEIF file (AVIF or HEIC) as lists.</summary>
internal static class HeifBoxes
{
    // Photos have hundreds. A list of millions would take more memory than the file.
    private const int MaxBoxes = 20_000;

    /// <summary>The boxes as far as they can be followed: what comes after the picture need not be one.</summary>
    public static List<IsoBox> Outermost(ReadOnlySpan<byte> file)
    {
        var list = new List<IsoBox>();
        var boxes = new IsoBoxes(file);
        while (list.Count < MaxBoxes && boxes.MoveNext() && (boxes.Current.IsWhole || boxes.Current.IsOpen))
        {
            list.Add(boxes.Current);
        }

        return list;
    }

    /// <summary>The boxes that fill another one, without a gap.</summary>
    /// <param name="skip">Bytes before the first of them.</param>
    /// <exception cref="UnusableImageException">They do not fill it, or are too many.</exception>
    public static List<IsoBox> Within(IsoBox parent, ReadOnlySpan<byte> file, int skip = 0)
    {
        if (skip >= parent.Length)
        {
            return [];
        }

        var list = new List<IsoBox>();
        var boxes = new IsoBoxes(file[..parent.End], parent.Content + skip);
        while (list.Count < MaxBoxes && boxes.MoveNext() && boxes.Current.IsWhole)
        {
            list.Add(boxes.Current);
        }

        return list is [.., var last] && last.End == parent.End ? list : throw Damage.CorruptHeif();
    }
}
