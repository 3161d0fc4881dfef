using BillionHearts.Dashboard.Pages.Console;

namespace BillionHearts.Dashboard.Tests.Pages;

public sealed class AnsiTextTests
{
    [Theory]
    [InlineData("plain", "plain:")]
    [InlineData("\u001b[32minfo\u001b[0m: listening", "info:f2|: listening:")]
    [InlineData("\u001b[1;31mfail\u001b[22m still red\u001b[39m", "fail:f1 bold| still red:f1")]
    [InlineData("\u001b[97;44mboth", "both:f15 b4")]
    [InlineData("\u001b[38;5;9mred\u001b[38;2;1;2;3mtrue", "red:f9|true:")]
    [InlineData("\u001b[2K\u001b[1Amoved\u0007", "moved:")]
    [InlineData("\u001b]0;title\u0007text", "text:")]
    [InlineData("broken off \u001b[3", "broken off :")]
    [InlineData("\u001b[999999999999mtext\u001b", "text:")]
    [InlineData("<b>&amp;</b>", "<b>&amp;</b>:")]
    public void Colours_are_read_and_other_sequences_dropped(string line, string expected) =>
        Assert.Equal(expected, string.Join('|', AnsiText.Parse(line).Select(run => $"{run.Text}:{run.Style}")));
}
