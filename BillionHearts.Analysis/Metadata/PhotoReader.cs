using System.Globalization;
using BillionHearts.Contracts;
using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using Directory = MetadataExtractor.Directory;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Reads what the camera wrote into EXIF, and ignores impossible values.</summary>
internal static class PhotoReader
{
    private const double LongestExposure = 86_400;
    private const double LargestFNumber = 1000;
    private const double LongestFocalLength = 100_000;
    private const double LowestAltitude = -12_000;
    private const double HighestAltitude = 100_000;

    private static readonly PhotoMetadata s_nothing = new();

    /// <returns>Null when there is nothing. Never throws, whatever the bytes are.</returns>
    public static PhotoMetadata? Read(byte[] file)
    {
        if (ExifTags.Read(ExifBlock.Find(file)) is not { } tags)
        {
            return null;
        }

        var photo = new PhotoMetadata
        {
            Camera = Camera(Text(tags.Camera, ExifDirectoryBase.TagMake), Text(tags.Camera, ExifDirectoryBase.TagModel)),
            Lens = Text(tags.Exposure, ExifDirectoryBase.TagLensModel),
            CapturedAt = CapturedAt(tags.Exposure),
            ExposureSeconds = Positive(tags.Exposure, ExifDirectoryBase.TagExposureTime, LongestExposure),
            Aperture = Positive(tags.Exposure, ExifDirectoryBase.TagFNumber, LargestFNumber),
            Iso = Iso(tags.Exposure),
            FocalLengthMm = Positive(tags.Exposure, ExifDirectoryBase.TagFocalLength, LongestFocalLength),
            Location = Location(tags.Gps),
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

    private static DateTimeOffset? CapturedAt(Directory? exposure)
    {
        if (!DateTime.TryParseExact(
            Text(exposure, ExifDirectoryBase.TagDateTimeOriginal), "yyyy:MM:dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock)
            || clock.Year is < 1900 or > 2100)
        {
            return null;
        }

        return new DateTimeOffset(clock.AddTicks(Fraction(exposure)), Offset(exposure));
    }

    // Digits after the point: "5" is half a second.
    private static long Fraction(Directory? exposure) =>
        Text(exposure, ExifDirectoryBase.TagSubsecondTimeOriginal) is { } digits && digits.All(char.IsAsciiDigit)
            ? long.Parse(digits.PadRight(7, '0')[..7], CultureInfo.InvariantCulture)
            : 0;

    private static TimeSpan Offset(Directory? exposure)
    {
        var text = Text(exposure, ExifTags.OffsetTimeOriginal);
        return text is ['+' or '-', ..]
            && TimeSpan.TryParseExact(text.AsSpan(1), @"hh\:mm", CultureInfo.InvariantCulture, out var offset)
            && offset.TotalHours <= 14
            ? text[0] is '-' ? -offset : offset
            : TimeSpan.Zero;
    }

    // 65535 means that the value needs more than 16 bits.
    private static int? Iso(Directory? exposure) =>
        exposure is not null && exposure.TryGetInt32(ExifDirectoryBase.TagIsoEquivalent, out var iso) && iso is > 0 and < 65535 ? iso : null;

    private static PhotoLocation? Location(Directory? gps)
    {
        if (Degrees(gps, GpsDirectory.TagLatitude, GpsDirectory.TagLatitudeRef, "N", "S", 90) is not { } latitude
            || Degrees(gps, GpsDirectory.TagLongitude, GpsDirectory.TagLongitudeRef, "E", "W", 180) is not { } longitude
            || (latitude, longitude) is (0, 0))
        {
            // Exactly 0, 0 comes from a receiver without a fix.
            return null;
        }

        return new PhotoLocation { Latitude = latitude, Longitude = longitude, AltitudeMetres = Altitude(gps) };
    }

    private static double? Degrees(Directory? gps, int tag, int referenceTag, string positive, string negative, double limit)
    {
        var reference = Text(gps, referenceTag);
        if ((reference != positive && reference != negative) || gps!.GetRationalArray(tag) is not [var degrees, var minutes, var seconds])
        {
            return null;
        }

        var angle = Number(degrees) + Number(minutes) / 60 + Number(seconds) / 3600;
        return angle >= 0 && angle <= limit ? Math.Round(reference == negative ? 0 - angle.Value : angle.Value, 6) : null;
    }

    private static double? Altitude(Directory? gps)
    {
        if (gps is null || !gps.TryGetRational(GpsDirectory.TagAltitude, out var fraction))
        {
            return null;
        }

        var below = gps.TryGetInt32(GpsDirectory.TagAltitudeRef, out var reference) && reference is 1;
        var metres = below ? -Number(fraction) : Number(fraction);
        return metres is >= LowestAltitude and <= HighestAltitude ? Math.Round(metres.Value, 2) : null;
    }

    private static double? Positive(Directory? directory, int tag, double limit) =>
        directory is not null && directory.TryGetRational(tag, out var fraction) && Number(fraction) is { } number && number > 0 && number <= limit
            ? number
            : null;

    private static double? Number(Rational fraction) =>
        fraction.Denominator is not 0 && fraction.Numerator >= 0 ? (double)fraction.Numerator / fraction.Denominator : null;

    private static string? Text(Directory? directory, int tag) => CleanText.Of(directory?.GetString(tag));
}
