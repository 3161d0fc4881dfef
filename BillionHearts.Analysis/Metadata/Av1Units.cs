using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// Goes through a picture's AV1 units (OBU) to its last byte. So text that a wrong length made part of the pixels is
/// noticed, and the units that hold metadata, such as the time, are emptied.
/// </summary>
internal static class Av1Units
{
    private const int Metadata = 5;
    private const int Padding = 15;

    private const byte HasExtension = 0x04;
    private const byte HasSize = 0x02;

    /// <summary>Puts the pieces of a picture together, and writes them back to where they were.</summary>
    /// <exception cref="UnusableImageException">They are not units to the end.</exception>
    public static void Scrub(Span<byte> file, AvifItem item)
    {
        // A byte that is in two of the pieces could come back otherwise.
        if (AvifExtents.Merge(item.Extents).Sum(static extent => (long)AvifExtents.Length(extent)) != item.Length)
        {
            throw Damage.Corrupt(FormatName.Avif);
        }

        var picture = new byte[item.Length];
        var place = 0;
        foreach (var piece in item.Extents)
        {
            file[piece].CopyTo(picture.AsSpan(place));
            place += AvifExtents.Length(piece);
        }

        Scrub(picture);

        place = 0;
        foreach (var piece in item.Extents)
        {
            picture.AsSpan(place, AvifExtents.Length(piece)).CopyTo(file[piece]);
            place += AvifExtents.Length(piece);
        }
    }

    // 0 · type, 4 bits · extension? · size? · 0, and then as many bytes
    private static void Scrub(Span<byte> picture)
    {
        while (!picture.IsEmpty)
        {
            var head = picture[0];
            var type = (head >> 3) & 15;
            var position = (head & HasExtension) is 0 ? 1 : 2;
            if ((head & 0x81) is not 0 || type is not (>= 1 and <= 8 or Padding) || position > picture.Length)
            {
                throw Damage.Corrupt(FormatName.Avif);
            }

            // Without a size it is the last one.
            var length = (head & HasSize) is 0 ? (ulong)(picture.Length - position) : Size(picture, ref position);
            if (length > (ulong)(picture.Length - position))
            {
                throw Damage.Corrupt(FormatName.Avif);
            }

            var content = picture.Slice(position, (int)length);
            if (type is Metadata or Padding && !IsLight(type, content))
            {
                // Padding is noughts after a single bit.
                picture[0] = (byte)((head & 0x87) | (Padding << 3));
                content.Clear();
                content[..Math.Min(1, content.Length)].Fill(0x80);
            }

            picture = picture[(position + content.Length)..];
        }
    }

    /// <summary>How bright the picture is, and the screen it was made on: types 1 and 2, which change how it is shown.</summary>
    private static bool IsLight(int type, ReadOnlySpan<byte> content) =>
        type is Metadata && content is [1, _, _, _, _, 0x80] or [2, .. { Length: 24 }, 0x80];

    // Seven bits a byte, the lowest first; the eighth says that there are more.
    private static ulong Size(ReadOnlySpan<byte> picture, ref int position)
    {
        ulong size = 0;
        for (var shift = 0; shift < 56; shift += 7)
        {
            if (position >= picture.Length)
            {
                break;
            }

            var part = picture[position++];
            size |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return size;
            }
        }

        throw Damage.Corrupt(FormatName.Avif);
    }
}
