using BillionHearts.Contracts;
using CsCheck;

namespace BillionHearts.Tests.Api.Renditions;

public sealed class RenditionNameTests
{
    private static readonly string[] s_formats = ["webp", "jpeg", "avif", "auto"];

    [Fact]
    public void A_rendition_name_has_one_spelling() => Gen.Select(Gen.Int[1, 9999], Gen.Int[1, 9999], Gen.Bool, Gen.Int[0, 3]).Sample((width, height, isFit, format) =>
    {
        var name = new RenditionName(width, height, isFit, s_formats[format]);
        Assert.True(RenditionName.TryParse(name.ToString(), out var parsed));
        Assert.Equal(name, parsed);
        Assert.InRange(name.ToString().Length, 8, RenditionName.MaxLength);
    });

    [Fact]
    public void A_parsed_rendition_name_is_written_as_it_came() => Gen.String[Gen.Char["0123456789x-.fitwebpjgavuoclnX "], 0, 22].Sample(
        text => Assert.True(!RenditionName.TryParse(text, out var name) || name.ToString() == text), iter: 20_000);

    [Theory]
    [InlineData("")]
    [InlineData("x.webp")]
    [InlineData("0x0.webp")]
    [InlineData("01x1.webp")]
    [InlineData("+1x1.webp")]
    [InlineData("1x1.webp ")]
    [InlineData("1x1.png")]
    [InlineData("1x1.WEBP")]
    [InlineData("1x1-fit-fit.webp")]
    [InlineData("1x1x1.webp")]
    [InlineData("10000x1.webp")]
    [InlineData("1x1.webp.webp")]
    [InlineData("thumb")]
    public void Any_other_text_is_not_a_rendition_name(string text) => Assert.False(RenditionName.TryParse(text, out _));
}
