using MetadataExtractor;
using MetadataExtractor.Formats.Exif;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// How an image has to be rotated or flipped to be upright, as a number from 1 to 8 as in EXIF. It is the only metadata that changes how pixels
/// are shown. The one in EXIF is used; if there is none, the one in XMP, because some editors write only that. Browsers and libvips read only EXIF.
/// </summary>
internal static class Orientation
{
    /// <summary>The value of a file without an orientation.</summary>
    public const int Upright = 1;

    public static int Of(ReadOnlySpan<byte> file) => FromExif(file) ?? XmpOrientation.Read(XmpBlock.Find(file)) ?? Upright;

    /// <summary>The orientation from XMP, of a file whose EXIF has none.</summary>
    public static int FromXmpAlone(ReadOnlySpan<byte> file) => FromExif(file) is null ? Of(file) : Upright;

    private static int? FromExif(ReadOnlySpan<byte> file) =>
        ExifTags.Read(ExifBlock.Find(file))?.Camera is { } tags
        && tags.TryGetInt32(ExifDirectoryBase.TagOrientation, out var orientation)
        && orientation is >= Upright and <= 8
            ? orientation
            : null;

    /// <summary>An EXIF block that has only this tag.</summary>
    public static byte[] Block(int orientation) =>
    [
        .. "II"u8, 42, 0, 8, 0, 0, 0,
        1, 0, // one tag:
        0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, // orientation, one number of 16 bits
        0, 0, 0, 0, // no directory after it
    ];
}
