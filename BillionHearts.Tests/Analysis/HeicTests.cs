using System.Text;
using BillionHearts.Analysis;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Analysis.Imaging.Heic;
using BillionHearts.Analysis.Metadata;
using BillionHearts.Contracts;
using BillionHearts.Formats;
using BillionHearts.Tests.Analysis.Metadata;
using Microsoft.Extensions.Options;
using NetVips;

namespace BillionHearts.Tests.Analysis;

/// <summary>Photos of phones: HEVC in the container of AVIF. The expected colours are those of <c>heif-convert</c> and ImageMagick, which share no code with ours.</summary>
public sealed class HeicTests
{
    private static readonly ImageDecoder s_decoder = new(Options.Create(new AnalysisOptions()));

    private static readonly double[][] s_drawn = [[230, 30, 30], [30, 210, 59], [40, 60, 219], [240, 240, 240], [120, 91, 61]];

    // What lcms makes of the same numbers in Display P3.
    private static readonly double[][] s_wide = [[251, 0, 0], [0, 213, 0], [34, 60, 228], [240, 240, 240], [125, 88, 54]];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("plain.heic", false)]
    [InlineData("alpha.heic", true)]
    [InlineData("444.heic", false)]
    [InlineData("ten-bit.heic", false)]
    [InlineData("twelve-bit-422.heic", false)]
    public void A_HEIC_has_the_size_and_the_colours_that_other_decoders_find(string name, bool alpha)
    {
        var image = s_decoder.Decode(Samples.Read(name), Cancel);

        Assert.Equal(("heic", 640, 481, alpha), (image.Analysis.Format, image.Analysis.Width, image.Analysis.Height, image.Analysis.HasAlpha));
        using var preview = Image.NewFromBuffer(image.Renditions[1].Bytes);
        RequireColours(s_drawn, preview);
        Assert.Equal(alpha, preview.HasAlpha());
        if (alpha)
        {
            Assert.InRange(preview.Getpoint(64, 48)[3], 22, 30);
            Assert.InRange(preview.Getpoint(576, 48)[3], 226, 234);
        }
    }

    [Theory]
    [InlineData(0, "RGBW", 1000, 900)]
    [InlineData(1, "GWRB", 900, 1000)]
    [InlineData(2, "WBGR", 1000, 900)]
    [InlineData(3, "BRWG", 900, 1000)]
    public void A_photo_of_a_phone_is_put_together_from_its_tiles_and_turned_once(byte turns, string corners, int width, int height)
    {
        // EXIF says the same again, as phones write it.
        var image = s_decoder.Decode(new HeicMaker { Turns = turns, Orientation = 6 }.Build(), Cancel);

        Assert.Equal((width, height), (image.Analysis.Width, image.Analysis.Height));
        Assert.Equal("Canon EOS R5", image.Analysis.Photo?.Camera);
        Assert.NotNull(image.Analysis.Photo?.Location);
        foreach (var rendition in image.Renditions)
        {
            using var upright = Image.NewFromBuffer(rendition.Bytes);
            Assert.Equal(corners, ImageDecoderTests.CornerLetters(upright));
        }
    }

    [Fact]
    public void The_colours_of_a_phone_are_converted_to_sRGB_by_its_profile()
    {
        using var red = Image.Black(8, 8).NewFromImage(255, 0, 0).Copy(interpretation: Enums.Interpretation.Srgb);
        using var wide = red.IccTransform("p3", inputProfile: "srgb");
        var profile = HeicMaker.Profile((byte[])wide.Get("icc-profile-data"));

        foreach (var colours in new[] { profile, HeicMaker.Nclx(primaries: 12) })
        {
            using var preview = Image.NewFromBuffer(s_decoder.Decode(new HeicMaker { Colours = colours }.Build(), Cancel).Renditions[1].Bytes);
            RequireColours(s_wide, preview);
        }

        using var plain = Image.NewFromBuffer(s_decoder.Decode(new HeicMaker { Colours = HeicMaker.Nclx(primaries: 1) }.Build(), Cancel).Renditions[1].Bytes);
        RequireColours(s_drawn, plain);
    }

    [Theory]
    [InlineData("512x512.webp", 512, 512)]
    [InlineData("512x512-fit.jpeg", 461, 512)]
    [InlineData("256x128.avif", 256, 128)]
    public void Any_rendition_is_made_of_a_HEIC_in_a_format_that_browsers_show(string name, int width, int height)
    {
        Assert.True(RenditionName.TryParse(name, out var asked));

        var rendition = s_decoder.Resize(new HeicMaker { Turns = 1 }.Build(), asked, Cancel);

        Assert.Equal(($"image/{asked.Format}", width, height), (rendition.ContentType, rendition.Width, rendition.Height));
        using var image = Image.NewFromBuffer(rendition.Bytes);
        Assert.Equal((width, height), (image.Width, image.Height));
    }

    [Theory]
    [InlineData("plain.heic")]
    [InlineData("alpha.heic")]
    [InlineData("a phone's")]
    public void A_cleaned_HEIC_keeps_its_picture_and_nothing_else(string name)
    {
        var file = name is "a phone's" ? new HeicMaker { Turns = 1, Orientation = 8 }.Build() : Samples.Read(name);

        var clean = s_decoder.Clean(file, Cancel);

        Assert.Equal("image/heic", clean.ContentType);
        Assert.True(HeicHeader.Matches(clean.Bytes));
        string[] secrets = [PlantedMetadata.Secret, "EOS R5", "2024:06:01", "xmpmeta", "hairmatte"];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, Encoding.Latin1.GetString(clean.Bytes), StringComparison.Ordinal));
        Assert.Null(PhotoReader.Read(clean.Bytes));
        Assert.Equal(clean.Bytes, s_decoder.Clean(clean.Bytes, Cancel).Bytes);
        var (before, after) = (s_decoder.Decode(file, Cancel), s_decoder.Decode(clean.Bytes, Cancel));
        Assert.Equal(before.Renditions.Select(rendition => rendition.Bytes), after.Renditions.Select(rendition => rendition.Bytes));
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    [InlineData(0.95)]
    public void A_HEIC_that_was_cut_off_is_truncated(double keep)
    {
        var plain = Assert.Throws<UnusableImageException>(() => s_decoder.Decode(TestImages.Truncated(Samples.Read("plain.heic"), keep), Cancel));
        var phone = Assert.Throws<UnusableImageException>(() => s_decoder.Decode(TestImages.Truncated(new HeicMaker().Build(), keep), Cancel));

        Assert.Equal((FailureReason.Truncated, FailureReason.Truncated), (plain.Reason, phone.Reason));
    }

    [Fact]
    public void A_HEIC_whose_tables_claim_more_than_is_allowed_is_refused_before_decoding()
    {
        RequireTooLarge(new HeicMaker { Width = 65_001 }, "65001", "65000");
        RequireTooLarge(new HeicMaker { Width = 20_001, Height = 10_000 }, "200010000", "200000000");
        RequireTooLarge(new HeicMaker { Width = 20_000, Height = 10_000 }, "bytes of memory", "536870912");
        RequireTooLarge(new HeicMaker { TileSide = 16_000 }, "1024000000", "400000000");
        RequireTooLarge(new HeicMaker { Repeats = 501 }, "pictures", "2000");
    }

    [Fact]
    public void A_HEIC_whose_decoder_would_make_another_size_is_refused_before_decoding()
    {
        // The tiles have 512 × 512 pixels.
        Assert.Equal(FailureReason.Corrupt, Assert.Throws<UnusableImageException>(() => s_decoder.Decode(new HeicMaker { TileSide = 256 }.Build(), Cancel)).Reason);
        Assert.Equal((512, 512), SizeOfTile());
    }

    [Theory]
    [InlineData("libheif-that-is-not-there.so.1")]
    [InlineData("libc.so.6")]
    public void Without_a_library_that_decodes_HEVC_the_image_is_unsupported(string library)
    {
        Assert.False(LibHeif.HasDecoder(library));
        Assert.Equal(FailureReason.Unsupported, HeicFailure.NoDecoder().Reason);
        Assert.Contains("libheif", HeicFailure.NoDecoder().Message, StringComparison.Ordinal);
    }

    private static (long Width, long Height) SizeOfTile()
    {
        var file = new HeicMaker().Build();
        var parameters = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x42, 0x01, 0x01]);
        return HevcSequence.SizeOf(file.AsSpan(parameters, 64));
    }

    private static void RequireTooLarge(HeicMaker file, string value, string limit)
    {
        var failure = Assert.Throws<UnusableImageException>(() => s_decoder.Decode(file.Build(), Cancel));

        Assert.Equal(FailureReason.TooLarge, failure.Reason);
        Assert.Contains(value, failure.Message, StringComparison.Ordinal);
        Assert.Contains(limit, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>The four fields and the middle, as far as JPEG keeps them.</summary>
    private static void RequireColours(double[][] expected, Image image)
    {
        (double X, double Y)[] points = [(0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9), (0.5, 0.5)];
        foreach (var ((x, y), colour) in points.Zip(expected))
        {
            var found = image.Getpoint((int)(image.Width * x), (int)(image.Height * y));
            Assert.All(colour.Zip(found), sample => Assert.InRange(sample.Second, sample.First - 5, sample.First + 5));
        }
    }
}
