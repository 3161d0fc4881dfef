using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// Reads the AV1 units (OBUs) of an image to its last byte. This detects text that a wrong length made part of the pixels.
/// Units that hold metadata, such as the time, are emptied.
/// </summary>
internal static class Av1Units
{
    private const int FrameHeader = 3;
    private const int TileGroup = 4;
    private const int Metadata = 5;
    private const int Frame = 6;
    private const int Padding = 15;

    private const byte HasExtension = 0x04;
    private const byte HasSize = 0x02;

    /// <summary>Empties the units with metadata, in place.</summary>
    /// <exception cref="UnusableImageException">The item does not consist of units to its end.</exception>
    // 0 · type, 4 bits · extension? · size? · 0, and then as many bytes
    public static void Scrub(Span<byte> picture)
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

            // A unit without a size is the last one, and extends over whatever follows: only a frame may do that. A wrong offset would otherwise
            // make text behind the pixels a part of some other unit.
            if ((head & HasSize) is 0 && type is not (FrameHeader or TileGroup or Frame))
            {
                throw Damage.Corrupt(FormatName.Avif);
            }

            var length = (head & HasSize) is 0 ? (ulong)(picture.Length - position) : Size(picture, ref position);
            if (length > (ulong)(picture.Length - position))
            {
                throw Damage.Corrupt(FormatName.Avif);
            }

            var content = picture.Slice(position, (int)length);
            if (type is Metadata or Padding && !IsLight(type, content))
            {
                // Padding is a single bit followed by zeros.
                picture[0] = (byte)((head & 0x87) | (Padding << 3));
                content.Clear();
                content[..Math.Min(1, content.Length)].Fill(0x80);
            }

            picture = picture[(position + content.Length)..];
        }
    }

    /// <summary>Light levels and mastering display (types 1 and 2), which change how the image is shown.</summary>
    private static bool IsLight(int type, ReadOnlySpan<byte> content) =>
        type is Metadata && content is [1, _, _, _, _, 0x80] or [2, .. { Length: 24 }, 0x80];

    // LEB128: seven bits per byte, lowest first; the eighth says that more follow.
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
