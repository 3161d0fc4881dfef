using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Contracts;

namespace BillionHearts.Tests.Api;

/// <summary>What the api makes of the names of a place that a worker reports.</summary>
public sealed class PlaceTests
{
    private static readonly PhotoPlace s_place = new() { City = "Zürich", Region = "Zürich", Country = "CH", CountryName = "Switzerland", DistanceKm = 1.5 };

    [Fact]
    public void A_plausible_place_is_stored_as_it_is() => Assert.Equal(s_place, Stored(s_place));

    [Theory]
    [InlineData("ch")]
    [InlineData("CHE")]
    [InlineData("")]
    [InlineData("\0\0")]
    public void A_place_without_the_code_of_a_country_is_not_stored(string country) => Assert.Null(Stored(s_place with { Country = country }));

    [Theory]
    [InlineData(-1)]
    [InlineData(51)]
    [InlineData(double.NaN)]
    public void An_impossible_distance_is_not_stored(double distance) =>
        Assert.Equal(s_place with { DistanceKm = null }, Stored(s_place with { DistanceKm = distance }));

    [Fact]
    public void A_city_without_a_name_has_no_region_and_no_distance() =>
        Assert.Equal(s_place with { City = null, Region = null, DistanceKm = null }, Stored(s_place with { City = "\0\u202E" }));

    [Fact]
    public void Names_are_searched_by_each_word_with_and_without_accents()
    {
        var text = Text(s_place with { Region = "Saint-Étienne d'Æ" });

        Assert.Equal(
            ["Zürich", "Zurich", "Saint", "Étienne", "d", "Æ", "Saint", "Etienne", "d", "Æ", "Switzerland", "CH"],
            text.Split(' ').Select(word => word[0] is SearchText.OwnersMark ? word[1..] : $"not the owner's: {word}"));
    }

    private static PhotoPlace? Stored(PhotoPlace place) => PlausiblePhoto.From(
        new PhotoMetadata { Location = new PhotoLocation { Latitude = 47.37, Longitude = 8.54, Place = place } }, TimeProvider.System.GetUtcNow())!.Location!.Place;

    private static string Text(PhotoPlace place) => SearchText.From(new ImageAnalysis
    {
        Analyzer = "test/1",
        Format = "png",
        Width = 1,
        Height = 1,
        Frames = 1,
        HasAlpha = false,
        DominantColor = "#000000",
        Thumbhash = "",
        Phash = "0000000000000000",
        Photo = new PhotoMetadata { Location = new PhotoLocation { Latitude = 47.37, Longitude = 8.54, Place = place } },
    }, recognition: null)!;
}
