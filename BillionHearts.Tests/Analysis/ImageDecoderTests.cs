using System.Text.Json;
using BillionHearts.Analysis;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using BillionHearts.Formats;
using BillionHearts.Tests.Analysis.Decoding;
using Microsoft.Extensions.Options;
using NetVips;

namespace BillionHearts.Tests.Analysis;

public sealed class ImageDecoderTests
{
    private static readonly ImageDecoder s_decoder = new(Options.Create(new AnalysisOptions()));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("gif")]
    [InlineData("avif")]
    public void Each_format_and_its_size_are_read_from_the_file(string format)
    {
        var image = s_decoder.Decode(Photo(format, 640, 480), Cancel);

        Assert.Equal((format, 640, 480, 1, false), Facts(image));
        Assert.Equal([("thumb", 320, 240), ("preview", 640, 480)], Sizes(image));
        Assert.Equal(ImageDecoder.Analyzer, image.Analysis.Analyzer);
        Assert.Matches("^#[0-9a-f]{6}$", image.Analysis.DominantColor);
        Assert.Matches("^[0-9a-f]{16}$", image.Analysis.Phash);
        Assert.InRange(Convert.FromBase64String(image.Analysis.Thumbhash).Length, 5, 40);
        Assert.Matches("^[0-9a-f]{16}$", image.Analysis.Dhash);
        Assert.Equal((1, "none"), (image.Analysis.Orientation, image.Analysis.ColorProfile));
        Assert.Equal(image.Analysis.DominantColor, image.Analysis.Palette![0].Color);
        Assert.InRange(image.Analysis.Palette.Sum(color => color.Share), 0.94, 1.001);
        Assert.InRange(image.Analysis.Tone!.MeanLuma, 0.2, 0.8);
        Assert.InRange(image.Analysis.Sharpness!.Value, 5, 2000);
        Assert.Equal(new AnalysisParameters(1280, 75, 320, 80), image.Analysis.Parameters);
    }

    [Theory]
    [InlineData(4000, 3000, 320, 240, 1280, 960)]
    [InlineData(3000, 4000, 240, 320, 960, 1280)]
    [InlineData(1281, 100, 320, 25, 1280, 100)]
    [InlineData(321, 321, 320, 320, 321, 321)]
    [InlineData(100, 50, 100, 50, 100, 50)]
    [InlineData(1, 1, 1, 1, 1, 1)]
    [InlineData(65000, 1, 320, 1, 1280, 1)]
    [InlineData(1, 65000, 1, 320, 1, 1280)]
    public void Renditions_fit_their_square_and_are_never_enlarged(
        int width, int height, int thumbWidth, int thumbHeight, int previewWidth, int previewHeight)
    {
        var image = s_decoder.Decode(TestImages.Jpeg(width, height), Cancel);

        Assert.Equal((width, height), (image.Analysis.Width, image.Analysis.Height));
        Assert.Equal([("thumb", thumbWidth, thumbHeight), ("preview", previewWidth, previewHeight)], Sizes(image));
    }

    [Theory]
    [InlineData(1, "RGBW")]
    [InlineData(2, "GRWB")]
    [InlineData(3, "WBGR")]
    [InlineData(4, "BWRG")]
    [InlineData(5, "RBGW")]
    [InlineData(6, "BRWG")]
    [InlineData(7, "WGBR")]
    [InlineData(8, "GWRB")]
    public void Every_EXIF_orientation_is_applied(int orientation, string expected)
    {
        using var corners = Corners(80, 60);
        var image = s_decoder.Decode(TestImages.Jpeg(corners, quality: 95, orientation), Cancel);

        var size = orientation < 5 ? (80, 60) : (60, 80);
        Assert.Equal(size, (image.Analysis.Width, image.Analysis.Height));
        foreach (var rendition in image.Renditions)
        {
            using var upright = Image.NewFromBuffer(rendition.Bytes);
            Assert.Equal(size, (upright.Width, upright.Height));
            Assert.Equal(expected, CornerLetters(upright));
            Assert.False(upright.Contains("orientation"));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Hashes_colours_tone_and_sharpness_are_of_the_upright_image(int orientation)
    {
        using var scene = TestImages.Scene(480, 320, seed: 5);
        using var marked = scene.Mutate(image => image.Set(GValue.GIntType, "orientation", orientation));
        using var upright = marked.Autorot();
        var expected = s_decoder.Decode(TestImages.Jpeg(upright, quality: 95), Cancel).Analysis;
        var analysis = s_decoder.Decode(TestImages.Jpeg(scene, quality: 95, orientation), Cancel).Analysis;

        Assert.Equal((orientation, 1), (analysis.Orientation, expected.Orientation));
        Assert.InRange(PerceptualHashTests.Distance(expected.Phash, analysis.Phash), 0, 4);
        Assert.InRange(PerceptualHashTests.Distance(expected.Dhash!, analysis.Dhash!), 0, 4);
        Assert.Equal(expected.Tone!.MeanLuma, analysis.Tone!.MeanLuma, 0.005);
        Assert.Equal(expected.Tone.Contrast, analysis.Tone.Contrast, 0.005);
        Assert.InRange(analysis.Sharpness!.Value / expected.Sharpness!.Value, 0.95, 1.05);
        Assert.InRange(analysis.Palette!.Count, 3, 6);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("avif")]
    public void Transparency_is_seen_and_kept(string format)
    {
        var image = s_decoder.Decode(Photo(format, 400, 200, alpha: true), Cancel);

        Assert.Equal((format, 400, 200, 1, true), Facts(image));
        using var thumb = Image.NewFromBuffer(image.Renditions[0].Bytes);
        Assert.True(thumb.HasAlpha());
        Assert.InRange(thumb.Getpoint(5, 50)[3], 250, 255);
        Assert.InRange(thumb.Getpoint(315, 50)[3], 0, 20);
    }

    [Theory]
    [InlineData("gif")]
    [InlineData("webp")]
    public void An_animation_has_its_frames_counted_and_shows_the_first(string format)
    {
        var animated = format is "gif" ? TestImages.Gif(120, 90, frames: 7) : TestImages.AnimatedWebp(120, 90, frames: 7);
        var still = format is "gif" ? TestImages.Gif(120, 90) : TestImages.Webp(120, 90);

        var image = s_decoder.Decode(animated, Cancel);
        var first = s_decoder.Decode(still, Cancel);

        Assert.Equal((7, 120, 90), (image.Analysis.Frames, image.Analysis.Width, image.Analysis.Height));
        Assert.Equal([("thumb", 120, 90), ("preview", 120, 90)], Sizes(image));
        Assert.InRange(Distance(first, image), 0, 4);
    }

    [Fact]
    public void Grey_CMYK_16_bit_and_palette_images_become_the_same_sRGB_picture()
    {
        using var scene = TestImages.Scene(300, 200, seed: 3);
        using var grey = scene.Colourspace(Enums.Interpretation.Bw);
        using var cmyk = scene.IccTransform("cmyk", inputProfile: "srgb");
        using var deep = scene.Colourspace(Enums.Interpretation.Rgb16);
        var reference = s_decoder.Decode(scene.PngsaveBuffer(), Cancel);
        byte[][] variants = [grey.JpegsaveBuffer(q: 90), cmyk.JpegsaveBuffer(q: 90), deep.PngsaveBuffer(), scene.PngsaveBuffer(palette: true)];

        Assert.All(variants, variant =>
        {
            var image = s_decoder.Decode(variant, Cancel);

            Assert.Equal((300, 200, false), (image.Analysis.Width, image.Analysis.Height, image.Analysis.HasAlpha));
            Assert.InRange(Distance(reference, image), 0, 8);
            using var preview = Image.NewFromBuffer(image.Renditions[1].Bytes);
            Assert.Equal((3, Enums.BandFormat.Uchar), (preview.Bands, preview.Format));
        });
    }

    [Fact]
    public void A_colour_profile_is_applied_and_not_only_dropped()
    {
        using var red = Image.Black(64, 64).NewFromImage(255, 0, 0).Copy(interpretation: Enums.Interpretation.Srgb);
        using var wide = red.IccTransform("p3", inputProfile: "srgb");
        var stored = wide.Getpoint(1, 1);

        var image = s_decoder.Decode(wide.PngsaveBuffer(), Cancel);

        Assert.NotEqual([255, 0, 0], stored);
        Assert.Matches("^#f[c-f]0[0-4]0[0-4]$", image.Analysis.DominantColor);
    }

    [Fact]
    public void A_rendition_contains_no_metadata_of_the_owner()
    {
        using var scene = TestImages.Scene(400, 300, seed: 1);
        using var private_ = scene.Mutate(image =>
        {
            image.Set(GValue.GStrType, "exif-ifd0-Artist", "Canary Artist");
            image.Set(GValue.GStrType, "exif-ifd3-GPSLatitude", "52/1 31/1 12/1");
            image.Set(GValue.BlobType, "xmp-data", "<x:xmpmeta>Canary XMP</x:xmpmeta>"u8.ToArray());
            image.Set(GValue.BlobType, "iptc-data", "Canary IPTC"u8.ToArray());
            image.Set(GValue.GStrType, "jpeg-comment", "Canary comment");
        });
        var file = private_.JpegsaveBuffer(keep: Enums.ForeignKeep.All, profile: "srgb");
        Assert.True(file.AsSpan().IndexOf("Canary XMP"u8) > 0 && file.AsSpan().IndexOf("Canary Artist"u8) > 0);

        var renditions = s_decoder.Decode(file, Cancel).Renditions;

        Assert.Equal(["VP8 "], Chunks(renditions[0].Bytes));
        Assert.DoesNotContain(Markers(renditions[1].Bytes), marker => marker is (> 0xE0 and <= 0xEF) or 0xFE);
        Assert.All(renditions, rendition => Assert.True(rendition.Bytes.AsSpan().IndexOf("Canary"u8) < 0));
    }

    [Fact]
    public void The_preview_is_a_JPEG_and_keeps_transparency_as_WebP()
    {
        var opaque = s_decoder.Decode(TestImages.Png(400, 200), Cancel).Renditions[1];
        var transparent = s_decoder.Decode(TestImages.Png(400, 200, alpha: true), Cancel).Renditions[1];

        Assert.Equal(("image/jpeg", "image/webp"), (opaque.ContentType, transparent.ContentType));
        using var picture = Image.NewFromBuffer(transparent.Bytes);
        Assert.InRange(picture.Getpoint(395, 100)[3], 0, 20);
    }

    [Theory]
    [InlineData(4001, 3003, 0)]
    [InlineData(2563, 1447, 6)]
    public void A_large_JPEG_has_the_same_preview_as_the_same_pixels_without_loss(int width, int height, int orientation)
    {
        using var scene = TestImages.Scene(width, height, seed: 3);
        var fromJpeg = s_decoder.Decode(TestImages.Jpeg(scene, quality: 95, orientation), Cancel).Renditions[1];
        using var upright = orientation is 6 ? scene.Rot90() : scene.Copy();
        var fromPng = s_decoder.Decode(upright.PngsaveBuffer(compression: 1), Cancel).Renditions[1];

        Assert.Equal((fromPng.Width, fromPng.Height), (fromJpeg.Width, fromJpeg.Height));
        using var one = Image.NewFromBuffer(fromJpeg.Bytes);
        using var other = Image.NewFromBuffer(fromPng.Bytes);
        using var difference = (one - other).Abs();
        Assert.InRange(difference.Avg(), 0, 4);
    }

    [Fact]
    public void The_same_file_gives_the_same_answer()
    {
        var file = TestImages.Jpeg(1000, 700);

        var (first, second) = (s_decoder.Decode(file, Cancel), s_decoder.Decode(file, Cancel));

        Assert.Equal(JsonSerializer.Serialize(first.Analysis), JsonSerializer.Serialize(second.Analysis));
        Assert.Equal(first.Renditions.Select(r => r.Bytes), second.Renditions.Select(r => r.Bytes));
    }

    [Fact]
    public void A_decode_that_is_cancelled_stops()
    {
        // Many seconds of work: a busy machine cancels late.
        var (decoder, file) = (new ImageDecoder(Options.Create(new AnalysisOptions { MaxPixels = SlowImages.MaxPixels })), SlowImages.ManyPixels);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));

        Assert.ThrowsAny<OperationCanceledException>(() => decoder.Decode(file, limit.Token));
    }

    internal static byte[] Photo(string format, int width, int height, bool alpha = false) => format switch
    {
        "jpeg" => TestImages.Jpeg(width, height),
        "png" => TestImages.Png(width, height, alpha: alpha),
        "webp" => TestImages.Webp(width, height, alpha: alpha),
        "gif" => TestImages.Gif(width, height),
        _ => TestImages.Avif(width, height, alpha: alpha),
    };

    private static int Distance(DecodedImage one, DecodedImage other) => PerceptualHashTests.Distance(one.Analysis.Phash, other.Analysis.Phash);

    private static (string, int, int, int, bool) Facts(DecodedImage image) =>
        (image.Analysis.Format, image.Analysis.Width, image.Analysis.Height, image.Analysis.Frames, image.Analysis.HasAlpha);

    private static (string, int, int)[] Sizes(DecodedImage image)
    {
        foreach (var rendition in image.Renditions)
        {
            using var decoded = Image.NewFromBuffer(rendition.Bytes);
            Assert.Equal((rendition.Width, rendition.Height), (decoded.Width, decoded.Height));
        }

        return [.. image.Renditions.Select(rendition => (rendition.Name, rendition.Width, rendition.Height))];
    }

    /// <summary>Red, green, blue and white quarters, in reading order.</summary>
    private static Image Corners(int width, int height)
    {
        using var quarter = Image.Black(width / 2, height / 2);
        double[][] colors = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]];
        return Image.Arrayjoin([.. colors.Select(color => quarter.NewFromImage(color))], across: 2).Copy(interpretation: Enums.Interpretation.Srgb).CopyMemory();
    }

    internal static string CornerLetters(Image image)
    {
        var (right, bottom) = (image.Width - 5, image.Height - 5);
        return string.Concat(new[] { (5, 5), (right, 5), (5, bottom), (right, bottom) }.Select(point =>
            image.Getpoint(point.Item1, point.Item2) switch
            {
                [> 200, < 80, < 80] => "R",
                [< 80, > 200, < 80] => "G",
                [< 80, < 80, > 200] => "B",
                [> 200, > 200, > 200] => "W",
                _ => "?",
            }));
    }

    private static List<byte> Markers(byte[] jpeg)
    {
        List<byte> markers = [];
        for (var segments = new JpegSegments(jpeg); segments.MoveNext();)
        {
            markers.Add(segments.Marker);
        }

        return markers;
    }

    // RIFF · length · WEBP · (type · length · content, padded to even)*
    private static List<string> Chunks(byte[] webp)
    {
        List<string> chunks = [];
        for (var position = 12; position < webp.Length;)
        {
            chunks.Add(System.Text.Encoding.ASCII.GetString(webp, position, 4));
            var length = BitConverter.ToInt32(webp, position + 4);
            position += 8 + length + length % 2;
        }

        return chunks;
    }
}
