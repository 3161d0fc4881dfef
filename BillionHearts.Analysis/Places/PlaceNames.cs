using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Places;

/// <summary>
/// Finds the names of a place without asking anybody: the table is part of the program (<c>eng/places</c> makes it), and is read when the first photo has a position.
/// </summary>
internal static class PlaceNames
{
    private static readonly Lazy<PlaceTable> s_table = new(PlaceTable.Read);

    /// <summary>
    /// Names the place of a photo that has a position. Not done by the decoders: one table serves them all, and a decoder that a file has taken over names no place.
    /// </summary>
    public static ImageAnalysis AddTo(ImageAnalysis analysis) => analysis.Photo is { Location: { } location } photo
        ? analysis with { Photo = photo with { Location = location with { Place = Find(location.Latitude, location.Longitude) } } }
        : analysis;

    /// <param name="latitude">Degrees north, WGS 84.</param>
    /// <param name="longitude">Degrees east, WGS 84.</param>
    /// <returns>Null where there is neither a country nor a city, as on the high seas, and if the position is impossible.</returns>
    public static PhotoPlace? Find(double latitude, double longitude)
    {
        if (latitude is not (>= -90 and <= 90) || longitude is not (>= -180 and <= 180))
        {
            return null;
        }

        var table = s_table.Value;
        var country = table.Borders.CountryAt(latitude, longitude);
        var city = table.Cities.Find(latitude, longitude, country);

        return (city?.Country ?? country) is not { } index
            ? null
            : new PhotoPlace
            {
                City = city?.Name,
                Region = city?.Region is { } region ? table.Regions[region] : null,
                Country = table.Countries[index].Code,
                CountryName = table.Countries[index].Name,
                DistanceKm = city is null ? null : Math.Round(city.Kilometres, 1),
            };
    }
}
