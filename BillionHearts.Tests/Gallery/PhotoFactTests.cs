using System.Text.Json;
using BillionHearts.Web.Backend;
using BillionHearts.Web.Pages.Photo;

namespace BillionHearts.Tests.Gallery;

/// <summary>What the page of a photo says about it, in words.</summary>
public sealed class PhotoFactTests
{
    [Theory]
    [InlineData("""{"exposure_seconds": 0.004, "aperture": 5.6, "iso": 200}""", "Exposure", "1/250 s · f/5.6 · ISO 200")]
    [InlineData("""{"exposure_seconds": 2.5, "focal_length_mm": 23, "focal_length_35mm": 35, "exposure_bias_ev": -0.33}""", "Exposure", "2.5 s · 23 mm (as 35 mm on full frame) · −0.33 EV")]
    [InlineData("""{"captured_at": "2026-07-12T17:42:10Z", "utc_offset_minutes": 120}""", "Taken", "12 July 2026, 19:42 (UTC+2:00)")]
    [InlineData("""{"captured_at": "2026-07-12T17:42:10Z", "utc_offset_minutes": -210}""", "Taken", "12 July 2026, 14:12 (UTC−3:30)")]
    [InlineData("""{"captured_at": "2026-07-12T17:42:10Z"}""", "Taken", "12 July 2026, 17:42, by the camera's clock")]
    [InlineData("""{"rating": -1}""", "Rating", "Rejected")]
    [InlineData("""{}""", "Dimensions", "3000 × 4000 (12.0 MP)")]
    [InlineData("""{}""", "File", "HEIC, 2.4 MB")]
    public void Facts_are_written_as_photographers_write_them(string analysis, string name, string words)
    {
        var photo = JsonSerializer.Deserialize<StoredPhoto>(
            """{"original_filename": "a.heic", "width": 4000, "height": 3000, "file_size": 2412345, "file_type": "heic", "status": "analyzed", "renditions": {}}""", Json.Options)!;
        var found = JsonSerializer.Deserialize<PhotoAnalysis>(analysis, Json.Options)! with { Width = 3000, Height = 4000 };

        Assert.Equal(words, Assert.Single(PhotoFactList.Of(photo with { Analysis = found }), fact => fact.Name == name).Value);
    }
}
