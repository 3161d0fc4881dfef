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

    private static Frame<DecoderAnswer> Answer(string type, byte[] bytes) =>
        new(new DecoderAnswer { Renditions = [new DecodedRendition($"{s_name}", type, 64, 64)] }, [bytes]);
}
