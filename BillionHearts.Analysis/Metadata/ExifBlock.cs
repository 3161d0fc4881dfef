using System.Buffers.Binary;
using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Finds the EXIF block of a file: a little TIFF file, which begins with <c>II</c> or <c>MM</c>.</summary>
internal static class ExifBlock
{
    /// <summary>What stands before the block in a JPEG, and in some WebP files.</summary>
    public static ReadOnlySpan<byte> Preamble => "Exif\0\0"u8;

    /// <returns>Empty when there is none, or when the file cannot be followed that far.</returns>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> file) => file switch
    {
        [0xFF, 0xD8, ..] => InJpeg(file),
        [0x89, 0x50, 0x4E, 0x47, _, _, _, _, ..] => InPng(file),
        [0x52, 0x49, 0x46, 0x46, _, _, _, _, 0x57, 0x45, 0x42, 0x50, ..] => InWebp(file),
        [_, _, _, _, 0x66, 0x74, 0x79, 0x70, ..] => InAvif(file),
        _ => default,
    };

    // FF D8 · (FF marker · length, which counts itself · content)* · FF DA
    private static ReadOnlySpan<byte> InJpeg(ReadOnlySpan<byte> file)
    {
        var rest = file[2..];
        while (rest.Length >= 4 && rest[0] is 0xFF)
        {
            if (rest[1] is 0xFF)
            {
                rest = rest[1..];
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (rest[1] is 0xDA or 0xD9 || length < 2 || 2 + length > rest.Length)
            {
                break;
            }

            var content = rest[4..(2 + length)];
            if (rest[1] is 0xE1 && content.StartsWith(Preamble))
            {
                return content[Preamble.Length..];
            }

            rest = rest[(2 + length)..];
        }

        return default;
    }

    // 8 bytes of signature · (length · type · content · checksum)*
    private static ReadOnlySpan<byte> InPng(ReadOnlySpan<byte> file)
    {
        var rest = file[8..];
        while (rest.Length >= 12)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12)
            {
                break;
            }

            if (rest[4..8].SequenceEqual("eXIf"u8))
            {
                return rest.Slice(8, (int)length);
            }

            rest = rest[(12 + (int)length)..];
        }

        return default;
    }

    // RIFF · length · WEBP · (type · length · content, padded to an even length)*
    private static ReadOnlySpan<byte> InWebp(ReadOnlySpan<byte> file)
    {
        var rest = file[12..];
        while (rest.Length >= 8)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (length > rest.Length - 8)
            {
                break;
            }

            if (rest.StartsWith("EXIF"u8))
            {
                var content = rest.Slice(8, (int)length);
                return content.StartsWith(Preamble) ? content[Preamble.Length..] : content;
            }

            rest = rest[Math.Min(rest.Length, 8 + (int)length + (int)(length & 1))..];
        }

        return default;
    }

    // length of what stands before the block · that · block
    private static ReadOnlySpan<byte> InAvif(ReadOnlySpan<byte> file)
    {
        try
        {
            var position = 0;
            while (IsoBox.TryRead(file, position, file.Length, out var box))
            {
                if (box.Type is "meta")
                {
                    var content = AvifItems.Read(file, box).All.FirstOrDefault(static item => item.Type is "Exif")?.Content(file);
                    return content is { Length: > 4 } && BinaryPrimitives.ReadUInt32BigEndian(content) is var skip && skip <= content.Length - 4
                        ? content.AsSpan(4 + (int)skip)
                        : default;
                }

                position = box.End;
            }
        }
        catch (UnusableImageException)
        {
            // Nothing can be found in it; whether that matters is for others to say.
        }

        return default;
    }
}
