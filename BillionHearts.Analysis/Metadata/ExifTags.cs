using MetadataExtractor.Formats.Exif;
using MetadataExtractor.Formats.Tiff;
using MetadataExtractor.IO;
using Directory = MetadataExtractor.Directory;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// The directories of an EXIF block, with the few tags in them that are asked for. The library alone would follow every
/// pointer and copy every value as often as a file says, and its recursion ends with the stack.
/// </summary>
internal sealed class ExifTags : ExifTiffHandler
{
    // A tag that is asked for holds a short text or three fractions.
    private const int MaxValueBytes = 1024;
    private const int MaxBlockBytes = 1 << 20;
    private const int MaxSteps = 100_000;

    private static readonly HashSet<int> s_asked =
    [
        ExifDirectoryBase.TagMake, ExifDirectoryBase.TagModel, ExifDirectoryBase.TagOrientation, ExifDirectoryBase.TagLensModel,
        ExifDirectoryBase.TagDateTimeOriginal, ExifDirectoryBase.TagSubsecondTimeOriginal, OffsetTimeOriginal,
        ExifDirectoryBase.TagExposureTime, ExifDirectoryBase.TagFNumber, ExifDirectoryBase.TagIsoEquivalent, ExifDirectoryBase.TagFocalLength,
        GpsDirectory.TagLatitudeRef, GpsDirectory.TagLatitude, GpsDirectory.TagLongitudeRef, GpsDirectory.TagLongitude,
        GpsDirectory.TagAltitudeRef, GpsDirectory.TagAltitude,
    ];

    private readonly HashSet<int> _entered = [];
    private readonly List<Directory> _directories;
    private int _steps;

    /// <summary>Of EXIF 2.31.</summary>
    public const int OffsetTimeOriginal = 0x9011;

    private ExifTags(List<Directory> directories)
        : base(directories) => _directories = directories;

    public Directory? Camera => _directories.Find(static directory => directory is ExifIfd0Directory);

    public Directory? Exposure => _directories.Find(static directory => directory is ExifSubIfdDirectory);

    public Directory? Gps => _directories.Find(static directory => directory is GpsDirectory);

    /// <returns>Null when it is no EXIF block. Never throws: what can be read before the first damage is read.</returns>
    public static ExifTags? Read(ReadOnlySpan<byte> block)
    {
        if (block.Length < 8)
        {
            return null;
        }

        var tags = new ExifTags([]);
        try
        {
            TiffReader.ProcessTiff(new ByteArrayReader(block[..Math.Min(block.Length, MaxBlockBytes)].ToArray()), tags);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A stranger's bytes and a library that throws whatever it likes: a photo without facts is still a photo.
        }

        return tags;
    }

    public override bool TryEnterSubIfd(int tagType)
    {
        if (++_steps > MaxSteps)
        {
            throw new InvalidDataException("The EXIF block goes on for too long.");
        }

        return CurrentDirectory is ExifIfd0Directory
            && tagType is ExifIfd0Directory.TagExifSubIfdOffset or ExifIfd0Directory.TagGpsInfoOffset
            && _entered.Add(tagType)
            && base.TryEnterSubIfd(tagType);
    }

    /// <summary>The thumbnail, and whatever follows it.</summary>
    public override bool HasFollowerIfd() => false;

    /// <returns>True for the tags that are to be passed over.</returns>
    public override bool CustomProcessTag(int tagOffset, ICollection<int> processedIfdOffsets, IndexedReader reader, int tagId, int byteCount) =>
        byteCount > MaxValueBytes || !s_asked.Contains(tagId);
}
