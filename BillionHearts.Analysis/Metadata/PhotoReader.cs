using BillionHearts.Contracts;
using MetadataExtractor.Formats.Exif;
using Directory = MetadataExtractor.Directory;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Reads what the camera wrote into EXIF and the rating in XMP, and ignores impossible values.</summary>
internal static class PhotoReader
{
    private const double LongestExposure = 86_400;
    private const double LargestFNumber = 1000;
    private const double LongestFocalLength = 100_000;
    private const double LargestBias = 99.99;

    private static readonly PhotoMetadata s_nothing = new();

    /// <returns>Null when there is nothing. Never throws, whatever the bytes are.</returns>
    public static PhotoMetadata? Read(byte[] file)
    {
        var tags = ExifTags.Read(ExifBlock.Find(file));
        var exposure = tags?.Exposure;

        var photo = new PhotoMetadata
        {
            Camera = Camera(ExifValues.Text(tags?.Camera, ExifDirectoryBase.TagMake), ExifValues.Text(tags?.Camera, ExifDirectoryBase.TagModel)),
            Lens = ExifValues.Text(exposure, ExifDirectoryBase.TagLensModel),
            CapturedAt = CaptureTime.Of(exposure),
            UtcOffsetMinutes = (int?)CaptureTime.Offset(exposure)?.TotalMinutes,
            ExposureSeconds = ExifValues.Positive(exposure, ExifDirectoryBase.TagExposureTime, LongestExposure),
            Aperture = ExifValues.Positive(exposure, ExifDirectoryBase.TagFNumber, LargestFNumber),
            Iso = Iso(exposure),
            FocalLengthMm = ExifValues.Positive(exposure, ExifDirectoryBase.TagFocalLength, LongestFocalLength),
            // 0 means unknown.
            FocalLength35Mm = ExifValues.Number(exposure, ExifDirectoryBase.Tag35MMFilmEquivFocalLength) is > 0 and < 65535 and var millimetres ? millimetres : null,
            ExposureProgram = ExifValues.Term(exposure, ExifDirectoryBase.TagExposureProgram, PhotoTerms.ExposurePrograms),
            ExposureBiasEv = ExifValues.Fraction(exposure, ExifDirectoryBase.TagExposureBias) is >= -LargestBias and <= LargestBias and var bias ? Math.Round(bias, 2) : null,
            MeteringMode = ExifValues.Term(exposure, ExifDirectoryBase.TagMeteringMode, PhotoTerms.MeteringModes),
            FlashFired = ExifValues.Number(exposure, ExifDirectoryBase.TagFlash) is { } flash ? (flash & 1) is 1 : null,
            WhiteBalance = ExifValues.Term(exposure, ExifDirectoryBase.TagWhiteBalanceMode, PhotoTerms.WhiteBalances),
            Rating = XmpRating.Read(XmpBlock.Find(file)) ?? Stars(tags?.Camera),
            Location = GpsReader.Read(tags?.Gps),
        };

        return photo == s_nothing ? null : photo;
    }

    /// <summary>Most models start with the make, or with the common part of its name.</summary>
    private static string? Camera(string? make, string? model)
    {
        if (make is null || model is null)
        {
            return model ?? make;
        }

        return FirstWord(model).Equals(FirstWord(make), StringComparison.OrdinalIgnoreCase)
            || model.StartsWith(make, StringComparison.OrdinalIgnoreCase)
            ? model
            : CleanText.Of($"{make} {model}");
    }

    private static ReadOnlySpan<char> FirstWord(string text) => text.AsSpan(0, text.IndexOf(' ') is >= 0 and var end ? end : text.Length);

    // 65535 means that the value needs more than 16 bits.
    private static int? Iso(Directory? exposure) =>
        ExifValues.Number(exposure, ExifDirectoryBase.TagIsoEquivalent) is > 0 and < 65535 and var iso ? iso : null;

    private static int? Stars(Directory? camera) => ExifValues.Number(camera, ExifDirectoryBase.TagRating) is >= 1 and <= 5 and var stars ? stars : null;
}
