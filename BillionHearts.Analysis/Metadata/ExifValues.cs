using MetadataExtractor;
using Directory = MetadataExtractor.Directory;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Reads single values of an EXIF directory. Each is null when it is missing, of another type, or impossible.</summary>
internal static class ExifValues
{
    public static string? Text(Directory? directory, int tag) => CleanText.Of(directory?.GetString(tag));

    public static int? Number(Directory? directory, int tag) => directory is not null && directory.TryGetInt32(tag, out var number) ? number : null;

    public static double? Fraction(Directory? directory, int tag) =>
        directory is not null && directory.TryGetRational(tag, out var fraction) ? Signed(fraction) : null;

    public static double? Positive(Directory? directory, int tag, double limit) =>
        Fraction(directory, tag) is { } number && number > 0 && number <= limit ? number : null;

    /// <param name="names">At the numbers that they stand for.</param>
    public static string? Term(Directory? directory, int tag, IReadOnlyList<string?> names) =>
        Number(directory, tag) is { } number && number >= 0 && number < names.Count ? names[number] : null;

    public static double? Unsigned(Rational fraction) => fraction.Numerator >= 0 ? Signed(fraction) : null;

    private static double? Signed(Rational fraction) => fraction.Denominator is not 0 ? (double)fraction.Numerator / fraction.Denominator : null;
}
