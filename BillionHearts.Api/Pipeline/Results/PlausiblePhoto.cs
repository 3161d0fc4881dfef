using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>The photo metadata that a worker reports, reduced to plausible values that can be stored. It was read from an untrusted file.</summary>
internal static class PlausiblePhoto
{
    private const int MaxLensLength = 128;
    private const int MaxNameLength = 200;
    private const double FarthestCity = 50;
    private const int MaxIso = 10_000_000;
    private const double LongestExposure = 86_400;
    private const double LargestFNumber = 1000;
    private const double LongestFocalLength = 100_000;
    private const double LowestAltitude = -12_000;
    private const double HighestAltitude = 100_000;
    private const double LargestBias = 99.99;
    private const int LargestOffset = 14 * 60;

    private static readonly DateTimeOffset s_earliest = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A capture time without an offset is read as UTC, but may be half a day ahead of it.</summary>
    private static readonly TimeSpan s_ahead = TimeSpan.FromDays(1);

    private static readonly PhotoMetadata s_nothing = new();

    /// <returns><see langword="null"/> if no value is plausible.</returns>
    public static PhotoMetadata? From(PhotoMetadata? reported, DateTimeOffset now)
    {
        if (reported is null)
        {
            return null;
        }

        var photo = new PhotoMetadata
        {
            Camera = Text(reported.Camera, ImageMapping.MaxCameraLength),
            Lens = Text(reported.Lens, MaxLensLength),
            CapturedAt = reported.CapturedAt is { } at && at >= s_earliest && at <= now + s_ahead ? Microseconds(at) : null,
            ExposureSeconds = Positive(reported.ExposureSeconds, LongestExposure),
            Aperture = Positive(reported.Aperture, LargestFNumber),
            Iso = reported.Iso is > 0 and <= MaxIso ? reported.Iso : null,
            FocalLengthMm = Positive(reported.FocalLengthMm, LongestFocalLength),
            UtcOffsetMinutes = reported.UtcOffsetMinutes is >= -LargestOffset and <= LargestOffset ? reported.UtcOffsetMinutes : null,
            FocalLength35Mm = reported.FocalLength35Mm is > 0 and < 65535 ? reported.FocalLength35Mm : null,
            ExposureProgram = Term(reported.ExposureProgram, PhotoTerms.ExposurePrograms),
            ExposureBiasEv = reported.ExposureBiasEv is >= -LargestBias and <= LargestBias ? reported.ExposureBiasEv : null,
            MeteringMode = Term(reported.MeteringMode, PhotoTerms.MeteringModes),
            FlashFired = reported.FlashFired,
            WhiteBalance = Term(reported.WhiteBalance, PhotoTerms.WhiteBalances),
            Rating = reported.Rating is -1 or >= 1 and <= 5 ? reported.Rating : null,
            Location = Location(reported.Location, now),
        };

        return photo == s_nothing ? null : photo;
    }

    private static string? Text(string? text, int maxLength) => text is not null && TextRules.Clean(text, maxLength) is { Length: > 0 } clean ? clean : null;

    // The precision of the captured_at column, which must hold the same value.
    private static DateTimeOffset Microseconds(DateTimeOffset at) => at.ToUniversalTime().AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));

    // The comparison is also false for NaN.
    private static double? Positive(double? number, double limit) => number > 0 && number <= limit ? number : null;

    private static string? Term(string? term, IReadOnlyList<string?> terms) => terms.Contains(term) ? term : null;

    private static PhotoLocation? Location(PhotoLocation? place, DateTimeOffset now)
    {
        if (place is not { Latitude: >= -90 and <= 90, Longitude: >= -180 and <= 180 })
        {
            return null;
        }

        var direction = place.DirectionDegrees is >= 0 and < 360 ? place.DirectionDegrees : null;
        return place with
        {
            AltitudeMetres = place.AltitudeMetres is >= LowestAltitude and <= HighestAltitude ? place.AltitudeMetres : null,
            DirectionDegrees = direction,
            DirectionIsMagnetic = direction is null ? null : place.DirectionIsMagnetic,
            FixedAt = place.FixedAt is { } at && at >= s_earliest && at <= now + s_ahead ? Microseconds(at) : null,
            Place = Place(place.Place),
        };
    }

    private static PhotoPlace? Place(PhotoPlace? place)
    {
        if (place is not { Country: [>= 'A' and <= 'Z', >= 'A' and <= 'Z'] } || Text(place.CountryName, MaxNameLength) is not { } country)
        {
            return null;
        }

        var city = Text(place.City, MaxNameLength);
        return place with
        {
            City = city,
            Region = city is null ? null : Text(place.Region, MaxNameLength),
            CountryName = country,
            DistanceKm = city is not null && place.DistanceKm is >= 0 and <= FarthestCity ? place.DistanceKm : null,
        };
    }
}
