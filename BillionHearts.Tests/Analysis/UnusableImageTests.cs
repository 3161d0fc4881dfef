using System.Security.Cryptography;
using System.Text;
using BillionHearts.Analysis;
using BillionHearts.Analysis.Imaging;
using CsCheck;
using Microsoft.Extensions.Options;
using NetVips;

namespace BillionHearts.Tests.Analysis;

public sealed class UnusableImageTests
{
    private static readonly ImageDecoder s_decoder = new(Options.Create(new AnalysisOptions()));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, double> Cuts => new MatrixTheoryData<string, double>(
        ["jpeg", "progressive jpeg", "png", "interlaced png", "webp", "lossless webp", "gif", "avif"],
        [0.2, 0.5, 0.8, 0.95, 0.995]);

    [Theory, MemberData(nameof(Cuts))]
    public void A_file_that_was_cut_off_is_truncated(string kind, double keep)
    {
        var failure = Refused(TestImages.Truncated(File(kind), keep));

        Assert.Equal(FailureReason.Truncated, failure.Reason);
        Assert.Contains("cut off", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("progressive jpeg")]
    [InlineData("png")]
    [InlineData("interlaced png")]
    [InlineData("webp")]
    [InlineData("lossless webp")]
    [InlineData("gif")]
    [InlineData("avif")]
    public void A_file_is_whole_with_all_its_bytes(string kind)
    {
        Assert.Equal((200, 150), s_decoder.Decode(File(kind), Cancel).Analysis is var analysis ? (analysis.Width, analysis.Height) : default);
        Assert.False(Truncation.IsIn(File(kind), kind.Split(' ')[^1]));
    }

    [Theory]
    [InlineData("png", 0.5)]
    [InlineData("interlaced png", 0.5)]
    [InlineData("webp", 0.02)]
    [InlineData("avif", 0.3)]
    public void A_file_that_is_damaged_in_the_middle_is_corrupt_and_not_truncated(string kind, double where)
    {
        var damaged = (byte[])File(kind).Clone();
        damaged.AsSpan((int)(damaged.Length * where), 40).Fill(0xA5);

        Assert.Equal(FailureReason.Corrupt, Refused(damaged).Reason);
    }

    [Theory]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><image href='file:///etc/passwd'/></svg>")]
    [InlineData("<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>")]
    [InlineData("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")]
    [InlineData("P6\n2 2\n255\n123456789012")]
    [InlineData("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x02\0\0\0\x01\0\x18\0")]
    [InlineData("II*\0\x08\0\0\0\0\0\0\0")]
    [InlineData("MM\0*\0\0\0\x08\0\0\0\0")]
    [InlineData("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 2\n")]
    [InlineData("SIMPLE  =                    T")]
    [InlineData("\0\0\0\x0CjP  \r\n\x87\n")]
    [InlineData("8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x02\0\0\0\x02\0\x08\0\x03")]
    [InlineData("push graphic-context\nviewbox 0 0 640 480\nfill 'url(https://example.org/|ls)'\npop graphic-context")]
    [InlineData("1,2,3\n4,5,6\n")]
    [InlineData("PK\x03\x04")]
    [InlineData("x")]
    [InlineData("")]
    public void A_format_that_is_not_accepted_reaches_no_decoder(string file)
    {
        Assert.Equal(FailureReason.Unsupported, Refused(Encoding.Latin1.GetBytes(file)).Reason);
    }

    [Fact]
    public void A_real_TIFF_is_not_accepted_although_libvips_trusts_it()
    {
        using var scene = TestImages.Scene(64, 64, seed: 1);

        Assert.Equal(FailureReason.Unsupported, Refused(scene.TiffsaveBuffer()).Reason);
    }

    [Fact]
    public void A_file_with_the_brand_of_one_codec_and_pixels_of_another_is_refused()
    {
        var avif = Encoding.Latin1.GetString(TestImages.Avif(64, 64));
        var heic = avif.Replace("avif", "heic", StringComparison.Ordinal);
        var renamed = heic.Replace("av01", "hvc1", StringComparison.Ordinal).Replace("av1C", "hvcC", StringComparison.Ordinal);
        var bilingual = avif.Replace("av01", "hvc1", StringComparison.Ordinal).Replace("av1C", "hvcC", StringComparison.Ordinal);

        Assert.Equal(FailureReason.Unsupported, Refused(Encoding.Latin1.GetBytes(heic)).Reason);
        Assert.Equal(FailureReason.Corrupt, Refused(Encoding.Latin1.GetBytes(renamed)).Reason);
        Assert.True(Refused(Encoding.Latin1.GetBytes(bilingual)).Reason is FailureReason.Unsupported or FailureReason.Corrupt);
    }

    [Theory]
    [InlineData(65001, 1, "65001 × 1", "65000")]
    [InlineData(65500, 65500, "65500 × 65500", "65000")]
    [InlineData(20000, 10001, "20000 × 10001", "200000000")]
    public void A_picture_above_a_limit_is_refused_by_its_header_with_limit_and_value(int width, int height, string value, string limit)
    {
        // A few bytes that claim billions of pixels: only a decoder that begins would notice that none follow.
        foreach (var bomb in new[] { HeaderOnlyImages.Png(width, height), HeaderOnlyImages.Gif(width, height) })
        {
            var failure = Refused(bomb);

            Assert.Equal(FailureReason.TooLarge, failure.Reason);
            Assert.Contains(value, failure.Message, StringComparison.Ordinal);
            Assert.Contains(limit, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sixteen_bits_a_sample_count_when_a_picture_cannot_be_decoded_line_by_line()
    {
        var failure = Refused(HeaderOnlyImages.Png(10000, 9000, bits: 16, interlaced: true));

        Assert.Equal(FailureReason.TooLarge, failure.Reason);
        Assert.Contains("540000000", failure.Message, StringComparison.Ordinal);
        Assert.NotEqual(FailureReason.TooLarge, Refused(HeaderOnlyImages.Png(10000, 9000, bits: 16)).Reason);
    }

    [Fact]
    public void Any_bytes_give_an_analysis_or_a_reason_for_failure()
    {
        byte[][] files = [File("jpeg"), File("png"), File("webp"), File("gif"), File("avif"), Samples.Read("plain.heic"), Samples.Read("alpha.heic")];
        var damage = Gen.Select(Gen.Int[0, files.Length - 1], Gen.Double[0, 1], Gen.Byte.Array[1, 30]);

        damage.Sample(
            (file, where, bytes) =>
            {
                var damaged = (byte[])files[file].Clone();
                bytes.CopyTo(damaged, (int)(where * (damaged.Length - bytes.Length)));
                try
                {
                    return s_decoder.Decode(damaged, Cancel).Analysis.Width > 0;
                }
                catch (UnusableImageException exception)
                {
                    return exception.Reason is FailureReason.Corrupt or FailureReason.Truncated or FailureReason.TooLarge or FailureReason.Unsupported;
                }
            },
            iter: 300);
    }

    [Fact]
    public void Random_bytes_are_no_image()
    {
        Assert.Equal(FailureReason.Unsupported, Refused(RandomNumberGenerator.GetBytes(100_000)).Reason);
    }

    private static UnusableImageException Refused(byte[] file) =>
        Assert.Throws<UnusableImageException>(() => s_decoder.Decode(file, Cancel));

    private static byte[] File(string kind)
    {
        using var scene = TestImages.Scene(200, 150, seed: 5);
        return kind switch
        {
            "jpeg" => scene.JpegsaveBuffer(),
            "progressive jpeg" => scene.JpegsaveBuffer(interlace: true),
            "png" => scene.PngsaveBuffer(),
            "interlaced png" => scene.PngsaveBuffer(interlace: true),
            "webp" => scene.WebpsaveBuffer(),
            "lossless webp" => scene.WebpsaveBuffer(lossless: true, effort: 0),
            "gif" => scene.GifsaveBuffer(),
            _ => scene.HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1, effort: 0),
        };
    }
}
