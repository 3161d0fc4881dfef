using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>What a worker says of a photo, as far as it can be true and can be kept. It was read out of a stranger's file: nothing of it is believed.</summary>
internal static class PlausiblePhoto
{
    private const int MaxLensLength = 128;
    private const int MaxIso = 10_000_000;
    private const double LongestExposure = 86_400;
    private const double LargestFNumber = 1000;
    private const double LongestFocalLength = 100_000;
    private const double LowestAltitude = -12_000;
    private const double HighestAltitude = 100_000;

    private static readonly DateTimeOffset s_earliest = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A camera without an offset is taken to be at UTC, and may be half a day ahead of it.</summary>
    private static readonly TimeSpan s_ahead = TimeSpan.FromDays(1);

    private static readonly PhotoMetadata s_nothing = new();

    /// <returns><see langword="null"/> when nothing is left.</returns>
    public static PhotoMetadata? Of(PhotoMetadata? said, DateTimeOffset now)
    {
        if (said is null)
        {
            return null;
        }

        var photo = new PhotoMetadata
        {
            Camera = Text(said.Camera, ImageMapping.MaxCameraLength),
            Lens = Text(said.Lens, MaxLensLength),
            CapturedAt = said.CapturedAt is { } at && at >= s_earliest && at <= now + s_ahead ? Microseconds(at) : null,
            ExposureSeconds = Positive(said.ExposureSeconds, LongestExposure),
            Aperture = Positive(said.Aperture, LargestFNumber),
            Iso = said.Iso is > 0 and <= MaxIso ? said.Iso : null,
            FocalLengthMm = Positive(said.FocalLengthMm, LongestFocalLength),
            Location = Location(said.Location),
        };

        return photo == s_nothing ? null : photo;
    }

    private static string? Text(string? text, int maxLength) => text is not null && TextRules.Clean(text, maxLength) is { Length: > 0 } clean ? clean : null;

    // As the column of the same value has it, which must not differ.
    private static DateTimeOffset Microseconds(DateTimeOffset at) => at.ToUniversalTime().AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));

    // Also false for what is no number.
    private static double? Positive(double? number, double limit) => number > 0 && number <= limit ? number : null;

    private static PhotoLocation? Location(PhotoLocation? place) =>
        place is { Latitude: >= -90 and <= 90, Longitude: >= -180 and <= 180 }
            ? place with { AltitudeMetres = place.AltitudeMetres is >= LowestAltitude and <= HighestAltitude ? place.AltitudeMetres : null }
            : null;
}
