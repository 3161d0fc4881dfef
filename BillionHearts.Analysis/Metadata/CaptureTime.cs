using System.Globalization;
using MetadataExtractor.Formats.Exif;
using Directory = MetadataExtractor.Directory;

namespace BillionHearts.Analysis.Metadata;

/// <summary>When a photo was taken, by the camera's clock: <c>2024:06:01 18:30:05</c>, <c>25</c> (hundredths), <c>+02:00</c>.</summary>
internal static class CaptureTime
{
    public static DateTimeOffset? Of(Directory? exposure)
    {
        if (!DateTime.TryParseExact(
            ExifValues.Text(exposure, ExifDirectoryBase.TagDateTimeOriginal), "yyyy:MM:dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock)
            || clock.Year is < 1900 or > 2100)
        {
            return null;
        }

        return new DateTimeOffset(clock.AddTicks(Fraction(exposure)), Offset(exposure) ?? TimeSpan.Zero);
    }

    public static TimeSpan? Offset(Directory? exposure)
    {
        var text = ExifValues.Text(exposure, ExifTags.OffsetTimeOriginal);
        return text is ['+' or '-', ..]
            && TimeSpan.TryParseExact(text.AsSpan(1), @"hh\:mm", CultureInfo.InvariantCulture, out var offset)
            && offset.TotalHours <= 14
            ? text[0] is '-' ? -offset : offset
            : null;
    }

    // Digits after the point: "5" is half a second.
    private static long Fraction(Directory? exposure) =>
        ExifValues.Text(exposure, ExifDirectoryBase.TagSubsecondTimeOriginal) is { } digits && digits.All(char.IsAsciiDigit)
            ? long.Parse(digits.PadRight(7, '0')[..7], CultureInfo.InvariantCulture)
            : 0;
}
