using BillionHearts.Analysis.Places;

namespace BillionHearts.Tests.Analysis.Places;

/// <summary>Positions whose places anybody can look up on a map.</summary>
public sealed class PlaceNamesTests
{
    [Theory]
    [InlineData(48.2082, 16.3738, "Vienna, Vienna, AT")]
    [InlineData(52.4996, 13.4036, "Berlin, State of Berlin, DE")] // Kreuzberg, a section of Berlin
    [InlineData(48.8584, 2.2945, "Paris, Île-de-France, FR")] // Eiffel Tower: the middle of Neuilly is nearer
    [InlineData(51.4214, -0.2064, "London, England, GB")] // Wimbledon
    [InlineData(40.7580, -73.9855, "New York City, New York, US")] // Times Square: a town in New Jersey is nearer than its middle
    [InlineData(40.7440, -74.0324, "Hoboken, New Jersey, US")]
    [InlineData(52.3906, 13.0645, "Potsdam, Brandenburg, DE")]
    [InlineData(34.1341, -118.3215, "Los Angeles, California, US")] // the Hollywood sign
    [InlineData(35.6580, 139.7016, "Tokyo, Tokyo, JP")]
    [InlineData(-33.8915, 151.2767, "Sydney, New South Wales, AU")]
    [InlineData(-22.9519, -43.2105, "Rio de Janeiro, Rio de Janeiro, BR")]
    [InlineData(55.7539, 37.6208, "Moscow, Moscow, RU")]
    [InlineData(41.9022, 12.4533, "Vatican City, , VA")]
    [InlineData(41.8897, 12.4694, "Rome, Lazio, IT")] // Trastevere: the Vatican is nearer than the middle of Rome
    [InlineData(43.7384, 7.4246, "Monaco, Municipality of Monaco, MC")]
    [InlineData(22.2783, 114.1747, "Hong Kong, Central and Western, HK")]
    [InlineData(1.2834, 103.8607, "Singapore, , SG")]
    public void A_photo_in_a_city_is_named_after_the_city(double latitude, double longitude, string expected) =>
        Assert.Equal(expected, Show(latitude, longitude));

    [Theory]
    [InlineData(47.6610, 9.1750, "Konstanz, DE")]
    [InlineData(47.6500, 9.1750, "Kreuzlingen, CH")]
    [InlineData(47.5596, 7.5886, "Basel, CH")]
    [InlineData(47.5936, 7.6217, "Weil am Rhein, DE")]
    [InlineData(31.7400, -106.4800, "Juárez, MX")]
    [InlineData(31.7700, -106.4900, "El Paso, US")]
    [InlineData(43.0896, -79.0849, "Niagara Falls, CA")]
    [InlineData(51.4385, 4.9280, "Baarle-Hertog, BE")] // an enclave in the Netherlands
    [InlineData(44.9521, 34.1024, "Simferopol, UA")]
    [InlineData(42.6629, 21.1655, "Pristina, XK")]
    [InlineData(18.4655, -66.1057, "San Juan, PR")]
    public void At_a_border_the_city_is_on_the_photos_side(double latitude, double longitude, string expected)
    {
        var place = PlaceNames.Find(latitude, longitude);

        Assert.Equal(expected, $"{place?.City}, {place?.Country}");
    }

    [Theory]
    [InlineData(-16.8000, 179.9950, "FJ")]
    [InlineData(-16.8000, -179.9950, "FJ")]
    [InlineData(-17.0, 180.0, "FJ")]
    [InlineData(-17.0, -180.0, "FJ")]
    [InlineData(68.9000, 180.0, "RU")]
    [InlineData(-90, 0, "AQ")]
    [InlineData(-90, -180, "AQ")]
    [InlineData(-90, 180, "AQ")]
    [InlineData(-75.1, 123.3, "AQ")]
    [InlineData(25.0, 11.0, "LY")]
    [InlineData(78.9, 18.0, "SJ")]
    public void Where_nobody_lives_and_at_the_antimeridian_the_country_is_known(double latitude, double longitude, string country) =>
        Assert.Equal(country, PlaceNames.Find(latitude, longitude)?.Country);

    [Theory]
    [InlineData(90, 0)]
    [InlineData(0, 0)]
    [InlineData(30, -40)]
    [InlineData(-48.876667, -123.393333)]
    [InlineData(90.5, 0)]
    [InlineData(0, 180.5)]
    [InlineData(double.NaN, 10)]
    public void On_the_high_seas_and_off_the_map_there_is_no_place(double latitude, double longitude) =>
        Assert.Null(PlaceNames.Find(latitude, longitude));

    [Fact]
    public void A_city_more_than_50_km_away_is_not_named()
    {
        var (near, far) = (PlaceNames.Find(25.0, 3.0), PlaceNames.Find(48.2082, 16.4738));

        Assert.Equal(("DZ", "Algeria", null, null, null), (near?.Country, near?.CountryName, near?.City, near?.Region, near?.DistanceKm));
        Assert.Equal(("Vienna", 7.5), (far?.City, far?.DistanceKm));
    }

    [Fact]
    public void On_a_ferry_the_next_city_is_named_with_its_distance()
    {
        // In the middle of the Strait of Otranto, beyond both countries' waters.
        var place = PlaceNames.Find(40.25, 18.93);

        Assert.Equal("IT", place?.Country);
        Assert.InRange(place!.DistanceKm!.Value, 25, 50);
    }

    private static string Show(double latitude, double longitude) => PlaceNames.Find(latitude, longitude) is { } place ? $"{place.City}, {place.Region}, {place.Country}" : "";
}
