using System.Text.Json;
using BillionHearts.Api.Pipeline.Comparisons;
using BillionHearts.Api.Pipeline.Reruns;
using BillionHearts.Contracts;
using static BillionHearts.Tests.Api.TestResults;

namespace BillionHearts.Tests.Api.Pipeline;

/// <summary>How two analyses of the same bytes are compared.</summary>
public sealed class AnalysisDifferenceTests
{
    private static readonly ImageAnalysis s_analysis = Analyzed(new PendingImage(1, Guid.Empty, 1)).Analysis!;

    [Fact]
    public void Only_another_analyser_is_no_difference() => Assert.Empty(AnalysisDifference.Between(s_analysis, s_analysis with { Analyzer = "test/2" }));

    [Fact]
    public void Numbers_have_a_change_hashes_count_bits_and_lists_are_one_field()
    {
        var old = s_analysis with { Sharpness = 10, Tone = new Tone(MeanLuma: 0.5, Shadows: 0, Highlights: 0, Contrast: 0.2) };
        var @new = old with { Sharpness = 7.5, Phash = "0123456789abcdef", Tone = old.Tone! with { Contrast = 0.25 }, Palette = [new("#000000", 1)], Frames = 2 };

        Assert.Equal(
            [
                new("frames", "changed", 1, "1", "2"),
                new("palette", "added", null, null, """[{"color":"#000000","share":1}]"""),
                new("phash", "changed", 64, "fedcba9876543210", "0123456789abcdef"),
                new("sharpness", "changed", 2.5, "10", "7.5"),
                new("tone.contrast", "changed", 0.25 - 0.2, "0.2", "0.25"),
            ],
            AnalysisDifference.Between(old, @new));
        Assert.Equal(["lost"], AnalysisDifference.Between(@new, @new with { Palette = null }).Select(difference => difference.Kind));
    }

    [Fact]
    public void Of_what_the_camera_wrote_no_value_is_shown()
    {
        var place = new PhotoPlace { City = "Vienna", Country = "AT", CountryName = "Austria" };
        var photo = new PhotoMetadata { Camera = "Leica M3", Iso = 100, Location = new PhotoLocation { Latitude = 48.2, Longitude = 16.3 } };
        var (old, @new) = (s_analysis with { Photo = photo }, s_analysis with { Photo = photo with { Iso = 200, Location = photo.Location with { Latitude = 48.3, Place = place } } });

        var differences = AnalysisDifference.Between(old, @new);

        Assert.Equal(
            ["photo.iso", "photo.location.latitude", "photo.location.place.city", "photo.location.place.country", "photo.location.place.country_name"],
            differences.Select(difference => difference.Field));
        Assert.All(differences, difference => Assert.Equal((null, null, null), (difference.Change, difference.Old, difference.New)));
        Assert.DoesNotContain("Vienna", JsonSerializer.Serialize(differences));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(TableSample.MaxRead, 100)]
    [InlineData(4 * TableSample.MaxRead, 25)]
    public void A_large_table_is_read_in_part(long bytes, double percent) => Assert.Equal(percent, TableSample.Percent(bytes));
}
