using System.Buffers.Binary;
using System.Text;
using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Analysis.Metadata;

/// <summary>A box of the container that AVIF is in (ISO/IEC 14496-12): where it stands in the file.</summary>
/// <param name="Content">Where its head ends.</param>
internal readonly record struct IsoBox(string Type, int Start, int Content, int End)
{
    public int Length => End - Content;

    public Range Range => Content..End;

    /// <summary>Where the four letters are.</summary>
    public Range TypeRange => (Start + 4)..(Start + 8);

    /// <returns>False when there is no whole box at that place.</returns>
    // length, 1 for 64 bits after the type, 0 for the rest of the file · type · content
    public static bool TryRead(ReadOnlySpan<byte> file, int start, int end, out IsoBox box)
    {
        box = default;
        if (end - start < 8)
        {
            return false;
        }

        var head = 8;
        ulong length = BinaryPrimitives.ReadUInt32BigEndian(file[start..]);
        if (length is 1 && end - start >= 16)
        {
            head = 16;
            length = BinaryPrimitives.ReadUInt64BigEndian(file[(start + 8)..]);
        }
        else if (length is 0 && end == file.Length)
        {
            length = (ulong)(end - start);
        }

        if (length < (ulong)head || length > (ulong)(end - start))
        {
            return false;
        }

        box = new IsoBox(Encoding.Latin1.GetString(file.Slice(start + 4, 4)), start, start + head, start + (int)length);
        return true;
    }

    /// <summary>The boxes from a place to the end of this one, without a gap.</summary>
    /// <exception cref="UnusableImageException">They do not fill it.</exception>
    public List<IsoBox> Children(ReadOnlySpan<byte> file, int skip = 0)
    {
        var children = new List<IsoBox>();
        for (var position = Content + skip; position < End; position = children[^1].End)
        {
            // A child that reaches to the end of the file is for the outermost level alone.
            if (!TryRead(file[..End], position, End, out var child) || BinaryPrimitives.ReadUInt32BigEndian(file[position..]) is 0)
            {
                throw Damage.Corrupt(ImageFormats.Avif);
            }

            children.Add(child);
        }

        return children;
    }
}
