using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>
/// Names of the place where a photo was taken: cities and regions of GeoNames (CC BY 4.0), borders of country-coder. Since <c>billionhearts/6</c>. As much the
/// owner's alone as the position that it was found by.
/// </summary>
public sealed record PhotoPlace
{
    /// <summary>
    /// Name of the city, at most 200 characters: of those of this country that reach the position the one that it lies deepest in, otherwise the nearest. Null if none
    /// is within 50 km. In it are places of 1,000 inhabitants or more, and seats of administration.
    /// </summary>
    [JsonPropertyName("city")]
    public string? City { get; init; }

    /// <summary>The first administrative division that the city belongs to, such as a state, in English; at most 200 characters.</summary>
    [JsonPropertyName("region")]
    public string? Region { get; init; }

    /// <summary>ISO 3166-1 alpha-2, such as <c>AT</c>; <c>XK</c> for Kosovo. By the borders, up to 12 nautical miles off the coast; beyond, that of the city.</summary>
    [JsonPropertyName("country")]
    public required string Country { get; init; }

    /// <summary>Short name of the country in English; at most 200 characters.</summary>
    [JsonPropertyName("countryName")]
    public required string CountryName { get; init; }

    /// <summary>Kilometres from the middle of the city along the surface, 0 to 50; one decimal. Null without a city.</summary>
    [JsonPropertyName("distanceKm")]
    public double? DistanceKm { get; init; }
}
