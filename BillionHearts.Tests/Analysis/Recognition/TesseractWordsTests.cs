using BillionHearts.Analysis.Recognition;
using BillionHearts.Contracts;

namespace BillionHearts.Tests.Analysis.Recognition;

public sealed class TesseractWordsTests
{
    private const string Head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n";

    [Theory]
    [InlineData("96.5 DOUBLE|95 PARKING", "DOUBLE PARKING")]
    [InlineData("80 kept|79.9 dropped", "kept")]
    [InlineData("96 to|96 the|96 x", "the")]
    [InlineData("96 (Straße),|96 it's|90 2026", "Straße 2026")]
    [InlineData("-1 |95 ", null)]
    [InlineData("", null)]
    [InlineData("NaN word|x word", null)]
    public void Words_of_three_letters_that_were_read_with_confidence_are_kept(string words, string? text)
    {
        var lines = words.Split('|').Select(word => word.Split(' ')).Select(parts => $"5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t{parts[0]}\t{parts.ElementAtOrDefault(1)}");

        Assert.Equal(text, TesseractWords.Read(Head + string.Join('\n', lines)));
    }

    [Fact]
    public void A_long_text_ends_with_a_whole_word()
    {
        var line = $"5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t95\t{new string('a', 50)}\n";

        var text = TesseractWords.Read(Head + string.Concat(Enumerable.Repeat(line, 1000)))!;

        Assert.InRange(text.Length, ImageRecognition.MaxTextLength - 51, ImageRecognition.MaxTextLength);
        Assert.All(text.Split(' '), word => Assert.Equal(50, word.Length));
    }
}
