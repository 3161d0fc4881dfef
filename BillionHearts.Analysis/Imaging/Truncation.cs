using System.Buffers.Binary;

namespace BillionHearts.Analysis.Imaging;

/// <summary>
/// Tells a file that was cut off from one that is damaged, by following the file's own structure to its end: decoders
/// report both in the same words. Asked only after a decoder has refused the file.
/// </summary>
internal static class Truncation
{
    public static bool IsIn(byte[] file, string format) => format switch
    {
        ImageFormats.Jpeg => Jpeg(file),
        ImageFormats.Png => Png(file),
        ImageFormats.Webp => Webp(file),
        ImageFormats.Gif => Gif(file),
        _ => Avif(file),
    };

    // FF D8 · (FF marker · length, which counts itself · content)* · FF DA … entropy-coded data … · FF D9
    private static bool Jpeg(ReadOnlySpan<byte> file)
    {
        var position = 2;
        while (position + 4 <= file.Length && file[position] is 0xFF)
        {
            if (file[position + 1] is 0xDA)
            {
                return file[position..].IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) < 0;
            }

            position += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(position + 2)..]);
        }

        return position + 4 > file.Length;
    }

    // 8 bytes of signature · (length · type · content · checksum)* to IEND
    private static bool Png(ReadOnlySpan<byte> file)
    {
        long position = 8;
        while (position + 12 <= file.Length)
        {
            var chunk = file[(int)position..];
            position += 12L + BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (chunk[4..8].SequenceEqual("IEND"u8))
            {
                return false;
            }
        }

        return true;
    }

    // RIFF · length of what follows
    private static bool Webp(ReadOnlySpan<byte> file) =>
        file.Length < 12 || BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) + 8L > file.Length;

    // 6 bytes of signature · 7 of screen (flags in the fifth) · colours? · (2C image | 21 extension)* · 3B
    private static bool Gif(ReadOnlySpan<byte> file)
    {
        if (file.Length < 13)
        {
            return true;
        }

        var position = 13 + Colours(file[10]);
        while (position < file.Length && file[position] is 0x2C or 0x21)
        {
            if (file[position] is 0x2C)
            {
                // 2C · left top width height · flags · colours? · code size, then blocks
                position += position + 9 < file.Length ? 11 + Colours(file[position + 9]) : file.Length;
            }
            else
            {
                position += 2;
            }

            while (position < file.Length && file[position] is not 0)
            {
                position += 1 + file[position];
            }

            position++;
        }

        return position >= file.Length;
    }

    private static int Colours(byte flags) => (flags & 0x80) is 0 ? 0 : 3 << ((flags & 7) + 1);

    // (length, 1 for 64 bits after the type, 0 for the rest of the file · type · content)*
    private static bool Avif(ReadOnlySpan<byte> file)
    {
        long position = 0;
        while (position + 8 <= file.Length)
        {
            var box = file[(int)position..];
            long length = BinaryPrimitives.ReadUInt32BigEndian(box);
            if (length is 1 && box.Length >= 16)
            {
                length = (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(box[8..]), long.MaxValue / 2);
            }

            if (length is < 8)
            {
                return false;
            }

            position += length;
        }

        return position != file.Length;
    }
}
