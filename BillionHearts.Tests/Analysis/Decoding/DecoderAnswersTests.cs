using System.Text;
using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;

namespace BillionHearts.Tests.Analysis.Decoding;

/// <summary>Answers that only a decoder gives that was taken over by a file.</summary>
public sealed class DecoderAnswersTests
{
    private static readonly RenditionName s_name = new(64, 64, IsFit: false, RenditionName.Webp);
    private static readonly byte[] s_webp = TestImages.Webp(64, 64);

    [Fact]
    public void A_rendition_is_what_was_ordered()
    {
        Assert.Equal(s_webp, DecoderAnswers.Rendition(Answer("image/webp", s_webp), s_name).Bytes);
    }

    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("text/html")]
    public void A_rendition_of_another_type_is_refused(string type)
    {
        Assert.Throws<InvalidDataException>(() => DecoderAnswers.Rendition(Answer(type, s_webp), s_name));
    }

    [Fact]
    public void Bytes_that_are_no_image_are_refused_whatever_type_they_claim()
    {
        Assert.Throws<InvalidDataException>(() => DecoderAnswers.Rendition(Answer("image/webp", "<script>"u8.ToArray()), s_name));
    }

    [Theory]
    [InlineData(FailureReason.Missing)]
    [InlineData(FailureReason.Checksum)]
    [InlineData("made up")]
    public void A_reason_that_is_none_of_a_decoder_is_refused(string reason)
    {
        var answer = new Frame<DecoderAnswer>(new DecoderAnswer { Failure = new AnalysisFailure(reason, "") }, []);

        Assert.Throws<InvalidDataException>(() => DecoderAnswers.Image(answer));
    }

    [Fact]
    public void A_long_detail_is_cut()
    {
        var answer = new Frame<DecoderAnswer>(new DecoderAnswer { Failure = new AnalysisFailure(FailureReason.Corrupt, new string('x', 100_000)) }, []);

        Assert.Equal(500, Assert.Throws<UnusableImageException>(() => DecoderAnswers.Image(answer)).Message.Length);
    }

    [Fact]
    public void A_picture_that_was_read_is_grey_pixels_with_their_size()
    {
        var (_, pgm) = DecoderAnswers.Picture(Picture([.. "P5\n3 2\n255\n"u8, 1, 2, 3, (byte)'\n', 5, 6]));

        Assert.Equal(17, pgm.Length);
    }

    [Theory]
    [InlineData("P5\n3 2\n255\n12345")]
    [InlineData("P5\n3 2\n255\n1234567")]
    [InlineData("P5\n1281 1\n255\n")]
    [InlineData("P5\n0 1\n255\n")]
    [InlineData("P5\n-3 -2\n255\n123456")]
    [InlineData("P5\n3 2 1\n255\n123456")]
    [InlineData("P6\n3 2\n255\n123456")]
    [InlineData("P5\n3 2\n65535\n123456")]
    [InlineData("II*\0 a file that Tesseract would decode")]
    [InlineData("/etc/passwd\n")]
    public void A_picture_in_another_format_is_refused(string file)
    {
        Assert.Throws<InvalidDataException>(() => DecoderAnswers.Picture(Picture(Encoding.Latin1.GetBytes(file))));
    }

    private static Frame<DecoderAnswer> Picture(byte[] pgm) => new(new DecoderAnswer { IsPicture = true }, [[], pgm]);

    private static Frame<DecoderAnswer> Answer(string type, byte[] bytes) =>
        new(new DecoderAnswer { Renditions = [new DecodedRendition($"{s_name}", type, 64, 64)] }, [bytes]);
}
