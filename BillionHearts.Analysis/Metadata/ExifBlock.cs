using System.Buffers.Binary;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Finds the EXIF block of a file. The block has the structure of a TIFF file and starts with <c>II</c> or <c>MM</c>.</summary>
internal static class ExifBlock
{
    /// <summary>Precedes the block in a JPEG, and in some WebP files.</summary>
    public static ReadOnlySpan<byte> Preamble => "Exif\0\0"u8;

    /// <returns>Empty when there is none, or when the file is damaged before it.</returns>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> file) => file switch
    {
        _ when JpegHeader.Matches(file) => EmbeddedBlock.InJpeg(file, Preamble),
        _ when PngHeader.Matches(file) => EmbeddedBlock.InPng(file, "eXIf"u8),
        _ when WebpHeader.Matches(file) => InWebp(file),
        _ when HeifHeader.Identify(file) is not null => InHeif(file),
        _ => default,
    };

    private static ReadOnlySpan<byte> InWebp(ReadOnlySpan<byte> file)
    {
        var content = EmbeddedBlock.InWebp(file, "EXIF"u8);
        return content.StartsWith(Preamble) ? content[Preamble.Length..] : content;
    }

    // number of bytes before the block · those bytes · block
    private static ReadOnlySpan<byte> InHeif(ReadOnlySpan<byte> file)
    {
        var boxes = new IsoBoxes(file);
        while (boxes.MoveNext() && !boxes.Current.Is("meta"u8))
        {
        }

        if (boxes.Current is not ({ IsWhole: true } or { IsOpen: true }) || !boxes.Current.Is("meta"u8))
        {
            return default;
        }

        try
        {
            var content = HeifItems.Read(file, boxes.Current).All.FirstOrDefault(static item => item.Type is "Exif")?.Content(file);
            return content is { Length: > 4 } && BinaryPrimitives.ReadUInt32BigEndian(content) is var skip && skip <= content.Length - 4
                ? content.AsSpan(4 + (int)skip)
                : default;
        }
        catch (UnusableImageException)
        {
            // No block can be found. Whether the damage matters is for the caller to decide.
            return default;
        }
    }
}
