using MetadataExtractor.Formats.Exif;
using MetadataExtractor.Formats.Tiff;
using MetadataExtractor.IO;
using Directory = MetadataExtractor.Directory;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// The directories of an EXIF block, with the few tags that are needed. On its own, the library would follow every pointer
/// and copy every value as often as the file says, with unlimited recursion.
/// </summary>
internal sealed class ExifTags : ExifTiffHandler
{
    // The tags that are needed hold a short text or three fractions.
    private const int MaxValueBytes = 1024;
    private const int MaxBlockBytes = 1 << 20;
    private const int MaxSteps = 100_000;

    private static readonly HashSet<int> s_needed =
    [
        ExifDirectoryBase.TagMake, ExifDirectoryBase.TagModel, ExifDirectoryBase.TagOrientation, ExifDirectoryBase.TagLensModel,
        ExifDirectoryBase.TagDateTimeOriginal, ExifDirectoryBase.TagSubsecondTimeOriginal, OffsetTimeOriginal,
        ExifDirectoryBase.TagExposureTime, ExifDirectoryBase.TagFNumber, ExifDirectoryBase.TagIsoEquivalent, ExifDirectoryBase.TagFocalLength,
        ExifDirectoryBase.Tag35MMFilmEquivFocalLength, ExifDirectoryBase.TagExposureProgram, ExifDirectoryBase.TagExposureBias,
        ExifDirectoryBase.TagMeteringMode, ExifDirectoryBase.TagFlash, ExifDirectoryBase.TagWhiteBalanceMode, ExifDirectoryBase.TagRating,
        GpsDirectory.TagLatitudeRef, GpsDirectory.TagLatitude, GpsDirectory.TagLongitudeRef, GpsDirectory.TagLongitude,
        GpsDirectory.TagAltitudeRef, GpsDirectory.TagAltitude, GpsDirectory.TagImgDirectionRef, GpsDirectory.TagImgDirection,
        GpsDirectory.TagTimeStamp, GpsDirectory.TagDateStamp,
    ];

    private readonly HashSet<int> _entered = [];
    private readonly List<Directory> _directories;
    private int _steps;

    /// <summary>Defined since EXIF 2.31.</summary>
    public const int OffsetTimeOriginal = 0x9011;

    private ExifTags(List<Directory> directories)
        : base(directories) => _directories = directories;

    public Directory? Camera => _directories.Find(static directory => directory is ExifIfd0Directory);

    public Directory? Exposure => _directories.Find(static directory => directory is ExifSubIfdDirectory);

    public Directory? Gps => _directories.Find(static directory => directory is GpsDirectory);

    /// <returns>Null when it is not an EXIF block. Never throws: a damaged block is read up to the damage.</returns>
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
            // The library throws many types of exceptions on damaged data. A photo is accepted without its EXIF facts.
        }

        return tags;
    }

    public override bool TryEnterSubIfd(int tagType)
    {
        if (++_steps > MaxSteps)
        {
            throw new InvalidDataException("The EXIF block has too many entries.");
        }

        return CurrentDirectory is ExifIfd0Directory
            && tagType is ExifIfd0Directory.TagExifSubIfdOffset or ExifIfd0Directory.TagGpsInfoOffset
            && _entered.Add(tagType)
            && base.TryEnterSubIfd(tagType);
    }

    /// <summary>Would be the thumbnail.</summary>
    public override bool HasFollowerIfd() => false;

    /// <returns>True for the tags to skip.</returns>
    public override bool CustomProcessTag(int tagOffset, ICollection<int> processedIfdOffsets, IndexedReader reader, int tagId, int byteCount) =>
        byteCount > MaxValueBytes || !s_needed.Contains(tagId);
}
