using BillionHearts.Analysis;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;
using Microsoft.Extensions.Options;
using NetVips;

namespace BillionHearts.Tests.Analysis;

/// <summary>The JPEG files of phones, cameras and print shops, and the rare kinds; and PNG files with other samples than three of eight bits.</summary>
public sealed class JpegKindTests
{
    private static readonly ImageDecoder s_decoder = new(Options.Create(new AnalysisOptions()));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("MPF\0II*\0\u0008\0\0\0")]
    [InlineData("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:hdrgm='http://ns.adobe.com/hdr-gain-map/1.0/' hdrgm:Version='1.0'/>")]
    [InlineData("urn:iso:std:iso:ts:21496:-1\0\0\0\0\0")]
    public void A_JPEG_of_several_pictures_or_with_a_gain_map_shows_its_first_one(string segment)
    {
        // MPO, Ultra HDR of Android, and the same by ISO 21496-1: the other picture follows the end of the first.
        var (first, second) = (TestImages.Jpeg(300, 200, seed: 4), TestImages.Jpeg(150, 100, seed: 9));
        var marker = segment.StartsWith("http", StringComparison.Ordinal) ? JpegMarker.App1 : JpegMarker.App2;
        byte[] content = [.. System.Text.Encoding.Latin1.GetBytes(segment)];
        byte[] file = [.. first[..2], 0xFF, marker, 0, (byte)(content.Length + 2), .. content, .. first[2..], .. second];

        var (shown, alone) = (s_decoder.Decode(file, Cancel), s_decoder.Decode(first, Cancel));

        Assert.Equal(("jpeg", 300, 200, 1), (shown.Analysis.Format, shown.Analysis.Width, shown.Analysis.Height, shown.Analysis.Frames));
        Assert.Equal(alone.Renditions.Select(rendition => rendition.Bytes), shown.Renditions.Select(rendition => rendition.Bytes));
    }

    [Theory]
    [InlineData("arithmetic.jpg")]
    [InlineData("arithmetic-progressive.jpg")]
    public void A_JPEG_with_arithmetic_coding_has_its_colours(string name)
    {
        using var preview = Preview(Samples.Read(name));

        Assert.Equal((128, 96), (preview.Width, preview.Height));
        Assert.All(preview.Getpoint(20, 20).Zip([230.0, 30, 30]), sample => Assert.InRange(sample.First, sample.Second - 5, sample.Second + 5));
        Assert.All(preview.Getpoint(20, 80).Zip([40.0, 60, 219]), sample => Assert.InRange(sample.First, sample.Second - 5, sample.Second + 5));
    }

    [Fact]
    public void A_YCCK_JPEG_without_a_profile_has_the_colours_of_a_printing_press()
    {
        using var preview = Preview(Samples.Read("ycck.jpg"));

        // Not inverted: red would be cyan. Ink has no exact colour without a profile.
        var (red, blue, white) = (preview.Getpoint(20, 20), preview.Getpoint(20, 80), preview.Getpoint(100, 80));
        Assert.True(red[0] > 180 && red[1] < 100 && red[2] < 100, string.Join(' ', red));
        Assert.True(blue[2] > blue[0] + 40 && blue[2] > blue[1] + 40, string.Join(' ', blue));
        Assert.All(white, sample => Assert.InRange(sample, 225, 255));
    }

    [Theory]
    [InlineData(0xC3, 8, "lossless")]
    [InlineData(0xC5, 8, "hierarchical")]
    [InlineData(0xC1, 12, "12 bits")]
    public void A_JPEG_of_a_kind_for_laboratories_is_unsupported_and_the_reason_says_which(byte marker, byte bits, string kind)
    {
        var file = TestImages.Jpeg(64, 48);
        var frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        (file[frame + 1], file[frame + 4]) = (marker, bits);

        var failure = Assert.Throws<UnusableImageException>(() => s_decoder.Decode(file, Cancel));

        Assert.Equal(FailureReason.Unsupported, failure.Reason);
        Assert.Contains(kind, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Grey_with_transparency_and_single_bits_become_the_same_sRGB_picture()
    {
        using var scene = TestImages.Scene(300, 200, seed: 3);
        using var grey = scene.Colourspace(Enums.Interpretation.Bw);
        using var opaque = grey.Bandjoin(255).Copy(interpretation: Enums.Interpretation.Bw);
        using var deep = opaque.Cast(Enums.BandFormat.Ushort, shift: true).Copy(interpretation: Enums.Interpretation.Grey16);
        var reference = s_decoder.Decode(grey.PngsaveBuffer(), Cancel);

        foreach (var variant in new[] { opaque.PngsaveBuffer(), deep.PngsaveBuffer() })
        {
            var image = s_decoder.Decode(variant, Cancel);
            Assert.True(image.Analysis.HasAlpha);
            Assert.InRange(PerceptualHashTests.Distance(reference.Analysis.Phash, image.Analysis.Phash), 0, 8);
        }

        using var halves = Image.Black(64, 64).Insert(Image.Black(32, 64).NewFromImage(255), 32, 0).Copy(interpretation: Enums.Interpretation.Bw);
        var single = s_decoder.Decode(halves.PngsaveBuffer(bitdepth: 1), Cancel);
        using var preview = Image.NewFromBuffer(single.Renditions[1].Bytes);
        Assert.InRange(preview.Getpoint(5, 30)[0], 0, 8);
        Assert.InRange(preview.Getpoint(60, 30)[0], 247, 255);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_broken_colour_profile_does_not_make_an_image_unusable(bool isLong)
    {
        byte[] content = [.. "ICC_PROFILE\0\u0001\u0001"u8, .. Enumerable.Repeat((byte)0x41, isLong ? 60_000 : 40)];
        var jpeg = TestImages.Jpeg(64, 48);
        byte[] file = [.. jpeg[..2], 0xFF, JpegMarker.App2, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content, .. jpeg[2..]];

        var (broken, plain) = (s_decoder.Decode(file, Cancel), s_decoder.Decode(jpeg, Cancel));

        Assert.Equal(plain.Renditions.Select(rendition => rendition.Bytes), broken.Renditions.Select(rendition => rendition.Bytes));
    }

    [Theory]
    [InlineData("png", "<html><script>alert(1)</script></html>")]
    [InlineData("jpeg", "<?php system($_GET['c']); ?>")]
    [InlineData("png", "PK\u0003\u0004 a JAR")]
    [InlineData("heic", "<script>alert(1)</script>")]
    public void What_is_appended_to_an_image_is_in_none_of_its_renditions(string format, string appended)
    {
        var image = format is "heic" ? Samples.Read("plain.heic") : ImageDecoderTests.Photo(format, 64, 48);
        byte[] file = [.. image, .. System.Text.Encoding.Latin1.GetBytes(appended)];

        var renditions = s_decoder.Decode(file, Cancel).Renditions;

        Assert.All([.. renditions, s_decoder.Clean(file, Cancel)], rendition =>
            Assert.True(rendition.Bytes.AsSpan().IndexOf(System.Text.Encoding.Latin1.GetBytes(appended)) < 0));
    }

    private static Image Preview(byte[] file) => Image.NewFromBuffer(s_decoder.Decode(file, Cancel).Renditions[1].Bytes);
}
