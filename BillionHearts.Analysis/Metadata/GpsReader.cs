using System.Globalization;
using BillionHearts.Contracts;
using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using Directory = MetadataExtractor.Directory;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Reads where the camera was and where it pointed. Without a position, nothing else is read.</summary>
internal static class GpsReader
{
    private const double LowestAltitude = -12_000;
    private const double HighestAltitude = 100_000;

    public static PhotoLocation? Read(Directory? gps)
    {
        if (Degrees(gps, GpsDirectory.TagLatitude, GpsDirectory.TagLatitudeRef, "N", "S", 90) is not { } latitude
            || Degrees(gps, GpsDirectory.TagLongitude, GpsDirectory.TagLongitudeRef, "E", "W", 180) is not { } longitude
            || (latitude, longitude) is (0, 0))
        {
            // Exactly 0, 0 comes from a receiver without a fix.
            return null;
        }

        var direction = Direction(gps);
        return new PhotoLocation
        {
            Latitude = latitude,
            Longitude = longitude,
            AltitudeMetres = Altitude(gps),
            DirectionDegrees = direction,
            DirectionIsMagnetic = direction is null ? null : ExifValues.Text(gps, GpsDirectory.TagImgDirectionRef) is "M",
            FixedAt = FixedAt(gps),
        };
    }

    private static double? Degrees(Directory? gps, int tag, int referenceTag, string positive, string negative, double limit)
    {
        var reference = ExifValues.Text(gps, referenceTag);
        if ((reference != positive && reference != negative) || gps!.GetRationalArray(tag) is not [var degrees, var minutes, var seconds])
        {
            return null;
        }

        var angle = ExifValues.Unsigned(degrees) + ExifValues.Unsigned(minutes) / 60 + ExifValues.Unsigned(seconds) / 3600;
        return angle >= 0 && angle <= limit ? Math.Round(reference == negative ? 0 - angle.Value : angle.Value, 6) : null;
    }

    private static double? Altitude(Directory? gps)
    {
        if (gps is null || !gps.TryGetRational(GpsDirectory.TagAltitude, out var fraction))
        {
            return null;
        }

        var metres = ExifValues.Number(gps, GpsDirectory.TagAltitudeRef) is 1 ? -ExifValues.Unsigned(fraction) : ExifValues.Unsigned(fraction);
        return metres is >= LowestAltitude and <= HighestAltitude ? Math.Round(metres.Value, 2) : null;
    }

    // Some cameras write 360 for north.
    private static double? Direction(Directory? gps) =>
        ExifValues.Fraction(gps, GpsDirectory.TagImgDirection) is >= 0 and <= 360 and var degrees ? Math.Round(degrees, 2) % 360 : null;

    // "2024:06:01" · hours, minutes and seconds as fractions, all in UTC.
    private static DateTimeOffset? FixedAt(Directory? gps)
    {
        var isDate = DateTime.TryParseExact(
            ExifValues.Text(gps, GpsDirectory.TagDateStamp), "yyyy:MM:dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);

        return isDate && date.Year is >= 1980 and <= 2100
            && gps!.GetRationalArray(GpsDirectory.TagTimeStamp) is [var hours, var minutes, var seconds]
            && Below(hours, 24) is { } hour && Below(minutes, 60) is { } minute && Below(seconds, 61) is { } second
            ? new DateTimeOffset(date, TimeSpan.Zero) + TimeSpan.FromSeconds(Math.Floor(hour * 3600 + minute * 60 + second))
            : null;
    }

    private static double? Below(Rational fraction, int limit) => ExifValues.Unsigned(fraction) is { } number && number < limit ? number : null;
}
